import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cheapestWay, type Step } from '../../../src/core/operations/cheapest-way.js';

/** A small map: places 0 to 6, and one-way steps between them. The way goes to place 6. */
interface Road extends Step<number> {
  readonly from: number;
}
const GOAL = 6;

const roads: fc.Arbitrary<readonly Road[]> = fc
  .array(
    fc.record({
      from: fc.nat(GOAL),
      after: fc.nat(GOAL),
      disruption: fc.constantFrom(0, 0, 0, 1, 20),
      movesActive: fc.boolean(),
    }),
    { maxLength: 25 },
  )
  .map((made) => made.map((road, i) => ({ ...road, name: String(i).padStart(2, '0') })));

/** How many steps it takes from each place at least: the best that can be known beforehand. */
function distances(map: readonly Road[]): readonly number[] {
  const steps = Array.from({ length: GOAL + 1 }, (_none, place) => (place === GOAL ? 0 : Infinity));
  for (let round = 0; round < GOAL; round += 1) {
    for (const { from, after } of map) steps[from] = Math.min(steps[from] ?? Infinity, 1 + (steps[after] ?? Infinity));
  }
  return steps.map((count) => Math.min(count, 50));
}

function wayFrom(start: number, map: readonly Road[], fewestLeft: readonly number[]): readonly Road[] | null {
  return cheapestWay({
    start,
    isReached: (place) => place === GOAL,
    stepsFrom: (place) => map.filter(({ from }) => from === place),
    fewestLeft: (place) => fewestLeft[place] ?? 0,
    keyOf: String,
  });
}

/** Every way that comes to no place twice. */
function allWays(start: number, map: readonly Road[], been: readonly number[] = []): readonly (readonly Road[])[] {
  if (start === GOAL) return [[]];
  return map
    .filter(({ from, after }) => from === start && after !== start && !been.includes(after))
    .flatMap((road) => allWays(road.after, map, [...been, start]).map((rest) => [road, ...rest]));
}

/** What a way is compared by, as a text that sorts. */
const costOf = (way: readonly Road[]): string =>
  [
    way.reduce((sum, { disruption }) => sum + disruption, 0),
    way.length,
    way.filter(({ movesActive }) => movesActive).length,
  ]
    .map((count) => String(count).padStart(4, '0'))
    .join()
    .concat(...way.map(({ name }) => name));

describe('the cheapest way', () => {
  it('is the cheapest of all ways, whatever is known of what is left', () => {
    fc.assert(
      fc.property(roads, fc.boolean(), (map, isKnown) => {
        const found = wayFrom(0, map, isKnown ? distances(map) : []);
        const costs = allWays(0, map).map(costOf).sort();
        expect(found === null ? undefined : costOf(found)).toBe(costs[0]);
      }),
      { numRuns: 500 },
    );
  });

  it('looked for again from half way is the rest of it', () => {
    fc.assert(
      fc.property(roads, (map) => {
        const found = wayFrom(0, map, []) ?? [];
        for (const [i, road] of found.entries()) {
          expect(wayFrom(road.after, map, [])).toEqual(found.slice(i + 1));
        }
      }),
      { numRuns: 500 },
    );
  });
});
