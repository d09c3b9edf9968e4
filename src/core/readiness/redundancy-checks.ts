import type { Partition } from '../resources/partition.js';
import type { PhysicalPort } from '../resources/physical-port.js';
import type { SriovAdapter } from '../resources/sriov-adapter.js';
import type { Answer } from '../answer.js';
import { check, fail, pass, unknown, worstOf, type ReadinessCheck, type Verdict } from './check.js';
import { checkAdapter, checkPhysicalPort } from './sriov-checks.js';

/** A vNIC uses a port once: with fewer there is nothing to fail over to. */
const LEAST_PORTS = 2;

/**
 * Whether there are ports to fail over between: those that are up count, on an adapter that passes its own checks. A
 * port and an adapter that are well, but not of each other, are of no use.
 */
export function checkUsablePorts(
  systemName: string,
  adapters: Answer<readonly SriovAdapter[]>,
  ports: Answer<readonly PhysicalPort[]>,
): ReadinessCheck {
  const subject = { kind: 'managed-system', name: systemName } as const;
  const needed = `at least ${LEAST_PORTS} ports that are up, on adapters in shared mode that run`;
  const ofBoth: typeof ports = ports.told ? { ...ports, command: `${adapters.command}\n${ports.command}` } : ports;
  return check('usable-ports', subject, needed, ofBoth, (told) => {
    const verdicts = told.map((port) => worstOf([checkPhysicalPort(port, ports).verdict, adapterOf(port, adapters)]));
    const [usable, doubtful] = [countOf(verdicts, 'pass'), countOf(verdicts, 'unknown')];
    const found = `${usable} of ${told.length}${doubtful > 0 ? `, ${doubtful} more in doubt` : ''}`;
    if (usable >= LEAST_PORTS) return pass(found);
    if (usable + doubtful >= LEAST_PORTS) {
      return unknown(
        found,
        adapters.told
          ? 'Of too many ports the link, or whether the adapter works, is not told.'
          : `The adapters could not be read: ${adapters.reason}`,
      );
    }
    return fail(
      found,
      'Failover needs two: a vNIC uses a port once. See the checks of the adapters and ports for what is wrong with the others.',
    );
  });
}

function adapterOf({ adapterId }: PhysicalPort, adapters: Answer<readonly SriovAdapter[]>): Verdict {
  const adapter = adapters.told ? adapters.value.find((one) => one.adapterId === adapterId) : undefined;
  return adapter === undefined ? 'unknown' : worstOf(checkAdapter(adapter, adapters).map(({ verdict }) => verdict));
}

/**
 * Whether a Virtual I/O Server may be lost. With only one the system is able to do vNIC failover, between its ports, so
 * this decides nothing; it is a weakness all the same. `verdicts` are those of the servers, each by all of its checks.
 */
export function checkServerRedundancy(
  systemName: string,
  servers: Answer<readonly Partition[]>,
  verdicts: readonly Verdict[],
): ReadinessCheck {
  const subject = { kind: 'managed-system', name: systemName } as const;
  const redundancy = check('virtual-io-server-redundancy', subject, 'two usable Virtual I/O Servers', servers, () => {
    const [usable, doubtful] = [countOf(verdicts, 'pass'), countOf(verdicts, 'unknown')];
    const found = `${usable} of ${verdicts.length}${doubtful > 0 ? `, ${doubtful} more in doubt` : ''}`;
    if (usable >= 2) return pass(found);
    if (usable + doubtful >= 2) return unknown(found, 'Whether a second one is usable cannot be told.');
    if (usable + doubtful === 0) {
      return fail(
        found,
        'Without a usable Virtual I/O Server vNICs have no connection at all: see the checks of the servers for what is wrong.',
      );
    }
    return fail(
      found,
      'With one Virtual I/O Server vNICs fail over between its ports only: when it stops, all of them are down.',
    );
  });
  return { ...redundancy, decides: false };
}

const countOf = (verdicts: readonly Verdict[], wanted: Verdict): number =>
  verdicts.filter((verdict) => verdict === wanted).length;
