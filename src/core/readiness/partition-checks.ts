import type { Partition } from '../resources/partition.js';
import { rmcConnection } from '../resources/rmc-connection.js';
import type { Answer } from '../answer.js';
import { check, fail, pass, unknown, type ReadinessCheck } from './check.js';
import { atLeast } from './versions.js';

/** The one level of a client that is known to work: AIX 7.2 TL1 SP1 (seed, hmc-cli.md §6). */
const KNOWN_AIX = [7200, 1, 1];

/** One client of `listing`: whether a vNIC can be made for it now, and whether its level is known to work. */
export function checkPartition(partition: Partition, listing: Answer<unknown>): ReadinessCheck[] {
  const subject = { kind: 'partition', name: partition.name } as const;
  const { state, rmcState, environment } = partition;
  const ready = check('partition-state', subject, 'Running with RMC active, or Not Activated', listing, () => {
    const found = `${state ?? 'state not told'}, RMC ${rmcState ?? 'not told'}`;
    if (state === null) return unknown(found, 'The HMC does not tell the state.');
    if (state === 'Not Activated') return pass(found);
    if (state === 'Open Firmware')
      return fail(found, 'A vNIC cannot be added in Open Firmware: boot it or shut it off.');
    if (state !== 'Running') return unknown(found, 'Whether a vNIC can be added in this state is not known.');
    if (rmcConnection(partition) === 'active') return pass(found);
    if (environment === 'os400') {
      return unknown(
        found,
        'That IBM i takes changes without RMC is not confirmed: try with ?dryRun=true, then for real.',
      );
    }
    return rmcConnection(partition) === 'none'
      ? fail(found, 'The HMC does not reach the operating system: mend RMC, or shut the partition off.')
      : unknown(found, 'Whether the HMC reaches the operating system cannot be told now.');
  });
  const osLevel = check(
    'partition-os-level',
    subject,
    'AIX 7.2 TL1 SP1 or later; of others no level is known',
    listing,
    () => {
      const found = partition.osVersion ?? 'not told';
      const aix = /\b(\d{4})-(\d{2})-(\d{2})\b/.exec(found)?.slice(1).map(Number);
      if (!found.startsWith('AIX') || aix === undefined) {
        return unknown(found, 'From which level on this system takes vNICs with failover is not known here.');
      }
      return atLeast(aix, KNOWN_AIX)
        ? pass(found)
        : unknown(found, 'It is older than the level that is known to work; IBM lists which levels do.');
    },
  );
  return [ready, osLevel];
}
