import { isLess } from '../placement/choose-devices.js';

export interface Assignment<T> {
  /** For each place the values it may have, the preferred ones first. */
  readonly domains: readonly (readonly T[])[];
  /** Takes a value for a place, and says whether it goes there beside those before it; `leave` gives it back. */
  readonly enter: (value: T, place: number, before: readonly T[]) => boolean;
  readonly leave: (value: T, place: number) => void;
  /** Smaller is better, the most important first. */
  readonly score: (chosen: readonly T[]) => readonly number[];
}

/** Values tried in all; a search on a small estate needs a few hundred. */
const MOST_STEPS = 200_000;
/** Up to so many assignments every one is looked at: a vNIC with six devices and six ports to choose from has 720. */
const MOST_COMPARED = 5_000;

/**
 * The assignment with the least score, in the order of preference among equals. All are looked at where they are few;
 * where they are many, the one given is improved for as long as another value for one place, or the exchange of the
 * values of two, makes it better.
 */
export function bestAssignment<T>(assignment: Assignment<T>, given: readonly T[]): readonly T[] {
  const ways = assignment.domains.reduce((product, domain) => product * domain.length, 1);
  if (ways > MOST_COMPARED) return improved(assignment, given);
  let best: Scored<T> | null = null;
  for (const chosen of assignments(assignment)) best = betterOf(assignment, best, chosen);
  return best?.chosen ?? given;
}

interface Scored<T> {
  readonly chosen: readonly T[];
  readonly score: readonly number[];
}

function betterOf<T>({ score }: Assignment<T>, best: Scored<T> | null, chosen: readonly T[]): Scored<T> {
  const reached = score(chosen);
  return best === null || isLess(reached, best.score) ? { chosen, score: reached } : best;
}

/** Every assignment in the order of preference, within the bound. While one is handed out its values are taken. */
function* assignments<T>({ domains, enter, leave }: Assignment<T>): Generator<readonly T[]> {
  let steps = 0;
  function* from(chosen: readonly T[]): Generator<readonly T[]> {
    const place = chosen.length;
    const domain = domains[place];
    if (domain === undefined) {
      yield chosen;
      return;
    }
    for (const value of domain) {
      steps += 1;
      if (steps > MOST_STEPS) return;
      if (!enter(value, place, chosen)) continue;
      try {
        yield* from([...chosen, value]);
      } finally {
        leave(value, place);
      }
    }
  }
  yield* from([]);
}

function improved<T>(assignment: Assignment<T>, given: readonly T[]): readonly T[] {
  let best: Scored<T> = { chosen: given, score: scoreIfFits(assignment, given) ?? [Number.POSITIVE_INFINITY] };
  for (;;) {
    const before = best;
    for (const other of neighbours(assignment, best.chosen)) {
      const score = scoreIfFits(assignment, other);
      if (score !== null && isLess(score, best.score)) best = { chosen: other, score };
    }
    if (best === before) return best.chosen;
  }
}

/** Those that differ in one value, or have two values exchanged. */
function* neighbours<T>({ domains }: Assignment<T>, chosen: readonly T[]): Generator<readonly T[]> {
  for (const [i, value] of chosen.entries()) {
    for (const other of domains[i] ?? []) yield chosen.with(i, other);
    for (const [j, other] of chosen.slice(0, i).entries()) {
      if (domains[i]?.includes(other) && domains[j]?.includes(value)) yield chosen.with(i, other).with(j, value);
    }
  }
}

/** The score of an assignment, counted while its values are taken; null where they do not go together. */
function scoreIfFits<T>({ enter, leave, score }: Assignment<T>, chosen: readonly T[]): readonly number[] | null {
  let entered = 0;
  while (entered < chosen.length) {
    const value = chosen[entered];
    if (value === undefined || !enter(value, entered, chosen.slice(0, entered))) break;
    entered += 1;
  }
  const reached = entered === chosen.length ? score(chosen) : null;
  for (const [place, value] of chosen.slice(0, entered).entries()) leave(value, place);
  return reached;
}
