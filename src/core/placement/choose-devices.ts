import { countFatal, type Dependent } from './failures.js';

/** A device that could be made: one port on one Virtual I/O Server. */
export interface Candidate extends Dependent {
  /** Index of the port: a vNIC uses a port once. */
  readonly port: number;
  /** Index of the adapter, for the room on it. */
  readonly adapter: number;
  readonly server: number;
  /** What speaks against it among equals, the most important first; smaller is better. */
  readonly load: readonly number[];
}

export interface Choice {
  readonly candidates: readonly Candidate[];
  /** How many devices at most an adapter takes, by its index. */
  readonly adapterRoom: readonly number[];
  readonly partCount: number;
}

/** Up to so many candidates two devices at a time are exchanged as well; beyond it takes too long for a call. */
const MOST_FOR_PAIRS = 48;
/** With so many of the candidates as the first device a set is grown. */
const STARTS = 8;

/**
 * As many devices as asked for, such that the fewest single failures are fatal, then the fewest double failures, then
 * with the Virtual I/O Servers used evenly, then on the ports with the least load. Deterministic: the same candidates
 * in the same order give the same devices. Null when there are not so many.
 *
 * From each of the first few candidates on, the others are added greedily; the best of these sets is then improved for
 * as long as the exchange of one device, or of two, makes it better. On small estates that is the best there is: the
 * tests compare it with an exhaustive search.
 */
export function chooseDevices(choice: Choice, count: number): readonly Candidate[] | null {
  let best: Scored | null = null;
  for (const first of choice.candidates.slice(0, STARTS)) {
    const grown = grow(choice, [first], count);
    if (grown !== null && (best === null || isLess(grown.score, best.score))) {
      best = grown;
    }
  }
  return best === null ? null : improve(choice, best).devices;
}

interface Scored {
  readonly devices: readonly Candidate[];
  readonly score: readonly number[];
}

/** Smaller is better, the most important first. */
function scoreOf({ partCount }: Choice, devices: readonly Candidate[]): readonly number[] {
  const { singles, doubles } = countFatal(devices, partCount);
  const perServer = new Map<number, number>();
  for (const { server } of devices) {
    perServer.set(server, (perServer.get(server) ?? 0) + 1);
  }
  const unevenness = [...perServer.values()].reduce((sum, devicesOfServer) => sum + devicesOfServer ** 2, 0);
  const width = devices[0]?.load.length ?? 0;
  const loads = Array.from({ length: width }, (_, i) => devices.reduce((sum, { load }) => sum + (load[i] ?? 0), 0));
  return [singles, doubles, unevenness, ...loads];
}

export function isLess(a: readonly number[], b: readonly number[]): boolean {
  for (const [i, value] of a.entries()) {
    const other = b[i] ?? 0;
    if (value !== other) return value < other;
  }
  return false;
}

/** Whether no port is used twice and no adapter takes more than it has room for. */
export function fits({ adapterRoom }: Choice, devices: readonly Candidate[]): boolean {
  const ports = new Set(devices.map(({ port }) => port));
  const perAdapter = new Map<number, number>();
  for (const { adapter } of devices) {
    perAdapter.set(adapter, (perAdapter.get(adapter) ?? 0) + 1);
  }
  return (
    ports.size === devices.length && [...perAdapter].every(([adapter, used]) => used <= (adapterRoom[adapter] ?? 0))
  );
}

function grow(choice: Choice, start: readonly Candidate[], count: number): Scored | null {
  let grown: Scored | null = fits(choice, start) ? { devices: start, score: scoreOf(choice, start) } : null;
  while (grown !== null && grown.devices.length < count) {
    const { devices } = grown;
    grown = bestOf(
      choice,
      choice.candidates.map((one) => [...devices, one]),
      null,
    );
  }
  return grown;
}

function improve(choice: Choice, from: Scored): Scored {
  let best = from;
  for (;;) {
    const better: Scored | null =
      bestOf(choice, exchanges(choice, best.devices, 1), best.score) ??
      (choice.candidates.length <= MOST_FOR_PAIRS
        ? bestOf(choice, exchanges(choice, best.devices, 2), best.score)
        : null);
    if (better === null) return best;
    best = better;
  }
}

/** Every set that differs from this one in one device, or in two. */
function* exchanges(
  { candidates }: Choice,
  devices: readonly Candidate[],
  howMany: 1 | 2,
): Generator<readonly Candidate[]> {
  for (const [i, leaving] of devices.entries()) {
    const others = devices.filter((one) => one !== leaving);
    if (howMany === 1) {
      for (const one of candidates) {
        yield [...others, one];
      }
      continue;
    }
    for (const second of devices.slice(i + 1)) {
      const rest = others.filter((one) => one !== second);
      for (const [j, one] of candidates.entries()) {
        for (const other of candidates.slice(j + 1)) {
          yield [...rest, one, other];
        }
      }
    }
  }
}

/** The best of these sets that fits and is better than the bound; the first among equals. */
function bestOf(choice: Choice, sets: Iterable<readonly Candidate[]>, bound: readonly number[] | null): Scored | null {
  let best: Scored | null = null;
  let least = bound;
  for (const devices of sets) {
    if (fits(choice, devices)) {
      const score = scoreOf(choice, devices);
      if (least === null || isLess(score, least)) {
        best = { devices, score };
        least = score;
      }
    }
  }
  return best;
}
