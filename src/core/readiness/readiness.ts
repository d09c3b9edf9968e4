import type { FirmwareLevel } from '../resources/firmware-level.js';
import type { HmcVersion } from '../resources/hmc-version.js';
import type { ManagedSystem } from '../resources/managed-system.js';
import { isVirtualIoServer, type Partition } from '../resources/partition.js';
import type { PhysicalPort } from '../resources/physical-port.js';
import type { SriovAdapter } from '../resources/sriov-adapter.js';
import type { Answer } from '../answer.js';
import { check, fail, pass, worstOf, type CheckId, type ReadinessCheck, type Verdict } from './check.js';
import { checkHmc } from './hmc-checks.js';
import { checkPartition } from './partition-checks.js';
import { checkServerRedundancy, checkUsablePorts } from './redundancy-checks.js';
import { checkAdapter, checkPhysicalPort } from './sriov-checks.js';
import { checkFirmware, checkSystem } from './system-checks.js';
import { checkVirtualIoServer } from './virtual-io-server-checks.js';

/** All that was told of one managed system. */
export interface ReadinessEvidence {
  readonly systemName: string;
  /** Of every HMC that manages the system, as far as is known. */
  readonly hmcs: readonly { readonly hmcId: string; readonly version: Answer<HmcVersion> }[];
  readonly system: Answer<ManagedSystem>;
  readonly firmware: Answer<FirmwareLevel>;
  readonly partitions: Answer<readonly Partition[]>;
  /** `ioslevel` by partition id, of every Virtual I/O Server among `partitions`. */
  readonly virtualIoServerLevels: ReadonlyMap<number, Answer<string>>;
  readonly adapters: Answer<readonly SriovAdapter[]>;
  readonly physicalPorts: Answer<readonly PhysicalPort[]>;
  /** That of the port's own level. */
  readonly physicalPortCommand: (port: PhysicalPort) => string;
}

/** Whether a system can do vNIC failover, and what is missing. */
export interface Readiness {
  /**
   * `pass`: every HMC and the system itself pass, and so does at least one Virtual I/O Server; at least two ports are
   * up on adapters that pass. `fail`: that cannot be. `unknown`: neither is sure. Partitions have no part in it.
   */
  readonly verdict: Verdict;
  readonly checks: readonly ReadinessCheck[];
}

/** Judges all that was told. */
export function judgeReadiness(evidence: ReadinessEvidence): Readiness {
  const { systemName, partitions, adapters, physicalPorts } = evidence;
  const subject = { kind: 'managed-system', name: systemName } as const;
  const present = <T>(id: CheckId, needed: string, answer: Answer<readonly T[]>, decides: boolean): ReadinessCheck => ({
    ...check(id, subject, needed, answer, ({ length }) =>
      length > 0 ? pass(String(length)) : fail('none', `There is none of them: needed is ${needed}.`),
    ),
    decides,
  });
  const servers = only(partitions, isVirtualIoServer);
  const clients = only(partitions, (one) => !isVirtualIoServer(one));
  const notAsked = (server: Partition): Answer<string> => ({
    told: false,
    reason: `${server.name} was not asked.`,
    command: partitions.command,
    hmcId: null,
  });
  const levelOf = (server: Partition): Answer<string> =>
    evidence.virtualIoServerLevels.get(server.id) ?? notAsked(server);
  const serverChecks = valuesOf(servers).map((server) => checkVirtualIoServer(server, partitions, levelOf(server)));
  const serverCommands = [servers, ...valuesOf(servers).map(levelOf)].map(({ command }) => command);
  const checks = [
    ...evidence.hmcs.flatMap(({ hmcId, version }) => checkHmc(hmcId, version)),
    ...checkSystem(systemName, evidence.system),
    checkFirmware(systemName, evidence.firmware),
    present('virtual-io-servers', 'at least one Virtual I/O Server', servers, true),
    checkServerRedundancy(
      systemName,
      { ...servers, command: serverCommands.join('\n') },
      serverChecks.map((ofOne) => worstOf(ofOne.map(({ verdict }) => verdict))),
    ),
    ...serverChecks.flat(),
    present('adapters', 'at least one SR-IOV adapter', adapters, true),
    ...valuesOf(adapters).flatMap((adapter) => checkAdapter(adapter, adapters)),
    present('physical-ports', 'at least one physical port', physicalPorts, true),
    checkUsablePorts(systemName, adapters, physicalPorts),
    ...valuesOf(physicalPorts).map((port) =>
      checkPhysicalPort(port, { ...physicalPorts, command: evidence.physicalPortCommand(port) }),
    ),
    present('partitions', 'at least one client partition', clients, false),
    ...valuesOf(clients).flatMap((partition) => checkPartition(partition, partitions)),
  ];
  return { verdict: overall(checks), checks };
}

function only<T>(answer: Answer<readonly T[]>, wanted: (value: T) => boolean): Answer<readonly T[]> {
  return answer.told ? { ...answer, value: answer.value.filter(wanted) } : answer;
}

const valuesOf = <T>(answer: Answer<readonly T[]>): readonly T[] => (answer.told ? answer.value : []);

/**
 * Every check of these decides for itself; of the other kinds one subject with nothing but passes is enough. Ports are
 * counted by a check of the system, `usable-ports`.
 */
const ALL_OF = ['managed-system', 'hmc'] as const;
const ONE_OF = ['virtual-io-server', 'adapter'] as const;

function overall(checks: readonly ReadinessCheck[]): Verdict {
  const deciding = checks.filter(({ decides }) => decides);
  const ofKind = (kind: ReadinessCheck['subject']['kind']): ReadinessCheck[] =>
    deciding.filter(({ subject }) => subject.kind === kind);
  // Without an HMC that could be asked nothing passes.
  const hmcs = ofKind('hmc').length === 0 ? ['unknown' as const] : [];
  const all = ALL_OF.flatMap((kind) => ofKind(kind).map(({ verdict }) => verdict));
  // A kind that has no subjects is told of by its own check of the system (`adapters` and the like).
  const one = ONE_OF.map(ofKind)
    .filter(({ length }) => length > 0)
    .map((ofOneKind) => bestOf(subjectVerdicts(ofOneKind)));
  return worstOf([...hmcs, ...all, ...one]);
}

/** Of each subject the worst of its checks. */
function subjectVerdicts(checks: readonly ReadinessCheck[]): Verdict[] {
  const names = [...new Set(checks.map(({ subject }) => subject.name))];
  return names.map((name) =>
    worstOf(checks.filter(({ subject }) => subject.name === name).map(({ verdict }) => verdict)),
  );
}

function bestOf(verdicts: readonly Verdict[]): Verdict {
  return verdicts.includes('pass') ? 'pass' : verdicts.includes('unknown') ? 'unknown' : 'fail';
}
