import type { Partition } from '../resources/partition.js';
import { rmcConnection } from '../resources/rmc-connection.js';
import type { Answer } from '../answer.js';
import { check, fail, pass, unknown, type ReadinessCheck } from './check.js';
import { atLeast, numbersOf } from './versions.js';

/** vNIC failover came with it (hmc-cli.md §6). */
const FAILOVER_LEVEL = '2.2.5';
/** What an HMC shows of a partition of which it can tell nothing (hmc-cli.md §1.8). */
const NOT_AVAILABLE = 'Not Available';

/**
 * One Virtual I/O Server: as the HMC lists it (`lssyscfg -r lpar`, `listing`), and what it says itself (`ioslevel`).
 * Where both name a level and the two differ, both are shown and the check is unknown.
 */
export function checkVirtualIoServer(
  server: Partition,
  listing: Answer<unknown>,
  level: Answer<string>,
): ReadinessCheck[] {
  const subject = { kind: 'virtual-io-server', name: server.name } as const;
  const reachable = check('virtual-io-server-reachable', subject, 'Running, RMC active', listing, () => {
    const found = `${server.state ?? 'state not told'}, RMC ${server.rmcState ?? 'not told'}`;
    if (server.state === null) return unknown(found, 'The HMC does not tell the state.');
    if (server.state === NOT_AVAILABLE) {
      return unknown(found, 'The HMC cannot tell whether it runs: look at the connection of the HMC to the system.');
    }
    if (server.state !== 'Running') return fail(found, 'It hosts no backing device while it does not run: start it.');
    if (rmcConnection(server) === 'active') return pass(found);
    if (rmcConnection(server) === 'none') {
      return fail(found, 'Backing devices cannot be added or removed there without RMC: mend the RMC connection.');
    }
    return unknown(found, 'Whether the HMC reaches it cannot be told now.');
  });
  const seenByHmc = /^VIOS (\d[\d.]*)/i.exec(server.osVersion ?? '')?.[1] ?? null;
  const told = check('virtual-io-server-level', subject, `${FAILOVER_LEVEL} or later`, level, (itself) => {
    if (seenByHmc !== null && !sameLevel(seenByHmc, itself)) {
      return unknown(
        `${itself} by its own word, ${seenByHmc} by the HMC's`,
        'The two differ: it was updated a short while ago, or the HMC has lost it.',
      );
    }
    return atLeast(numbersOf(itself), numbersOf(FAILOVER_LEVEL))
      ? pass(itself)
      : fail(itself, 'This level does not know vNIC failover: update the Virtual I/O Server.');
  });
  // What the HMC remembers is shown, but decides nothing: it may be as old as the last time the two spoke.
  const remembered =
    told.found === null && seenByHmc !== null ? `not told; the HMC remembers ${seenByHmc}` : told.found;
  return [reachable, { ...told, found: remembered }];
}

/** `2.2.5` and `2.2.5.0` are one level; an HMC may leave numbers at the end out. */
function sameLevel(a: string, b: string): boolean {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  const shared = Math.min(left.length, right.length);
  return left.slice(0, shared).every((number, at) => number === right[at]);
}
