/**
 * The cheapest way from one state to another, as a sequence of steps.
 *
 * It is consistent: what is left of a way, looked for anew from half way, is the rest of it. For a step costs what it
 * costs whatever came before, ways that cost the same are told apart by the names of their steps, and so a better rest
 * would make a better whole. It never comes to a state twice: what lies between would cost for nothing.
 */

/**
 * One step from a state. Costs count in the order of these members: first all the disruption, then the number of steps.
 */
export interface Step<S> {
  /** 0 when the step disturbs nobody; at most 10⁸. */
  readonly disruption: number;
  readonly movesActive: boolean;
  /** Different for every step from one state. */
  readonly name: string;
  readonly after: S;
}

interface Journey<S, T extends Step<S>> {
  readonly start: S;
  readonly isReached: (state: S) => boolean;
  readonly stepsFrom: (state: S) => readonly T[];
  /** At least so many steps are left from here; one step takes at most one off that. */
  readonly fewestLeft: (state: S) => number;
  /** Equal for equal states only. */
  readonly keyOf: (state: S) => string;
}

/** A way that has been found to a state, with all that it is compared by. */
interface Way<S, T> {
  readonly state: S;
  /** The step that came last, and the way before it; null at the start. */
  readonly last: { readonly step: T; readonly way: Way<S, T> } | null;
  readonly disruption: number;
  readonly length: number;
  readonly moves: number;
  readonly names: string;
}

/**
 * The way with the least disruption; of several the shortest, then the one that moves the active device least often,
 * then the one whose names come first. Null when there is none. (A*.)
 */
export function cheapestWay<S, T extends Step<S>>(journey: Journey<S, T>): readonly T[] | null {
  const { start, isReached, stepsFrom, fewestLeft, keyOf } = journey;
  const seen = new Set<string>();
  // Ways wait in layers until the layers before theirs are done: by then the best way to a state in it is the best at
  // all.
  const layers = new Map<number, Map<string, Way<S, T>>>();
  const wait = (way: Way<S, T>): void => {
    const key = keyOf(way.state);
    if (seen.has(key)) return;
    const whole = way.length + fewestLeft(way.state);
    const rank = (way.disruption * LONGEST + whole) * LONGEST + way.length;
    const layer = layers.get(rank) ?? new Map<string, Way<S, T>>();
    const other = layer.get(key);
    if (other === undefined || isBetter(way, other)) layer.set(key, way);
    layers.set(rank, layer);
  };
  wait({ state: start, last: null, disruption: 0, length: 0, moves: 0, names: '' });
  while (layers.size > 0) {
    const rank = Math.min(...layers.keys());
    const layer = [...(layers.get(rank) ?? [])].filter(([key]) => !seen.has(key));
    layers.delete(rank);
    const arrived = layer.map(([, way]) => way).filter(({ state }) => isReached(state));
    if (arrived.length > 0) return stepsOf(arrived.reduce((best, way) => (isBetter(way, best) ? way : best)));
    for (const [key, way] of layer) {
      seen.add(key);
      for (const step of stepsFrom(way.state)) wait(longer(way, step));
    }
  }
  return null;
}

/** More steps than any way has. */
const LONGEST = 100;

function longer<S, T extends Step<S>>(way: Way<S, T>, step: T): Way<S, T> {
  return {
    state: step.after,
    last: { step, way },
    disruption: way.disruption + step.disruption,
    length: way.length + 1,
    moves: way.moves + (step.movesActive ? 1 : 0),
    names: `${way.names}${step.name}\n`,
  };
}

/** Between two ways of the same layer, which disturb as much and are as long. */
function isBetter<S, T>(a: Way<S, T>, b: Way<S, T>): boolean {
  return a.moves === b.moves ? a.names < b.names : a.moves < b.moves;
}

function stepsOf<S, T>(way: Way<S, T>): readonly T[] {
  const steps: T[] = [];
  for (let { last } = way; last !== null; { last } = last.way) {
    steps.unshift(last.step);
  }
  return steps;
}
