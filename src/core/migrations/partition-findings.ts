import { checkHmc } from '../readiness/hmc-checks.js';
import type { Answer } from '../answer.js';
import { whyNotServer } from '../resources/why-not-server.js';
import { rmcConnection, rmcNotKnown } from '../resources/rmc-connection.js';
import type { HmcVersion } from '../resources/hmc-version.js';
import { isVirtualIoServer, UNSTABLE_STATES, virtualIoServersOf, type Partition } from '../resources/partition.js';
import type { HmcLogin } from '../hmc-language/migrations.js';
import type { Conflict, Warning } from './findings.js';
import type { MigrationReading } from './migration-reading.js';

interface Findings {
  readonly conflicts: readonly Conflict[];
  readonly warnings: readonly Warning[];
}

/** What speaks against a move of the partition as a whole, on its own system. */
export function sourceFindings(source: MigrationReading, partition: Partition): Findings {
  const conflicts: Conflict[] = [];
  const warnings: Warning[] = [];
  const { name, id, environment, state, rmcState } = partition;
  if (isVirtualIoServer(partition)) {
    conflicts.push({
      code: 'partition-is-virtual-io-server',
      detail: `${name} is a Virtual I/O Server: Live Partition Mobility moves AIX, Linux and IBM i partitions only.`,
    });
  }
  // A running partition is moved while it runs, one that is shut off as its profile; that no other moves is INFERRED.
  if (state !== null && UNSTABLE_STATES.includes(state)) {
    conflicts.push({
      code: 'partition-state',
      detail: `${name} is in state ${JSON.stringify(state)}. It can move while it is Running or Not Activated: bring it there first.`,
    });
  }
  if (state === 'Running' && rmcConnection(partition) === 'none') {
    // That IBM i moves without RMC is RECALLED.
    const detail = `${name} runs and its RMC connection is ${JSON.stringify(rmcState)}.`;
    if (environment === 'os400') {
      warnings.push({ code: 'rmc-not-active', detail: `${detail} IBM i should move without one.` });
    } else {
      conflicts.push({
        code: 'rmc-not-active',
        detail: `${detail} A partition moves while it runs only with an active one: mend it, or shut the partition off.`,
      });
    }
  }
  const notKnown = rmcNotKnown(partition);
  if (notKnown !== null) warnings.push({ code: 'rmc-not-known', detail: notKnown });
  const direct = source.logicalPorts.filter((port) => port.configured && port.partition?.id === id);
  if (direct.length > 0 && !isVirtualIoServer(partition)) {
    conflicts.push({
      code: 'sriov-logical-port',
      detail: `${name} holds SR-IOV logical ports of its own (${direct.map((port) => port.logicalPortId).join(', ')}), which stay with the adapter. Take them away, or use vNICs.`,
    });
  }
  return { conflicts, warnings };
}

/** What speaks against the target system, as it was read. */
export function targetFindings(
  target: MigrationReading & { readonly reachedThrough?: HmcLogin },
  partition: Partition,
): Findings {
  const conflicts: Conflict[] = [];
  const warnings: Warning[] = [];
  const { name, uuid } = partition;
  const same = target.partitions.find((other) => uuid !== null && other.uuid === uuid);
  const namesake = target.partitions.find((other) => other.name === name);
  if (same !== undefined) {
    conflicts.push({
      code: 'partition-on-target',
      detail: `${target.system.name} lists a partition with the UUID of ${name} already (${same.name}, id ${same.id}, ${JSON.stringify(same.state)}): a migration runs, or one has to be recovered (migrlpar -o r).`,
    });
  } else if (namesake !== undefined && !isVirtualIoServer(partition)) {
    conflicts.push({
      code: 'partition-name-taken',
      detail: `${target.system.name} has a partition ${name} (id ${namesake.id}) already. Rename one of the two.`,
    });
  }
  const servers = virtualIoServersOf(target.partitions);
  for (const server of servers) {
    const reason = whyNotServer(server);
    if (reason !== null) {
      warnings.push({
        code: 'virtual-io-server-unavailable',
        detail: `${server.name} of ${target.system.name} takes no device now. ${reason}`,
      });
    }
    const notKnown = rmcNotKnown(server);
    if (notKnown !== null) warnings.push({ code: 'rmc-not-known', detail: `On ${target.system.name} ${notKnown}` });
  }
  if (target.reachedThrough !== undefined) {
    const { host, username } = target.reachedThrough;
    warnings.push({
      code: 'other-hmc',
      detail: `No HMC manages both systems: the HMC of the source asks ${username} at ${host}. The keys of the two have to be exchanged (mkauthkeys on the HMC), and none may ask for a password.`,
    });
  }
  return { conflicts, warnings };
}

/** Whether the HMC of the target knows vNIC failover; `version` null where nobody asked. */
export function hmcFindings(hmcId: string, version: Answer<HmcVersion> | null): Findings {
  if (version === null) return { conflicts: [], warnings: [] };
  const level = checkHmc(hmcId, version)[0];
  const detail =
    `HMC ${hmcId}, which manages the target: ${level?.found ?? 'level not told'}. ${level?.reason ?? ''}`.trim();
  if (level?.verdict === 'fail') return { conflicts: [{ code: 'hmc-level-too-old', detail }], warnings: [] };
  if (level?.verdict === 'unknown') return { conflicts: [], warnings: [{ code: 'hmc-level-unknown', detail }] };
  return { conflicts: [], warnings: [] };
}
