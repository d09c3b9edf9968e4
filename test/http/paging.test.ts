import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareKeys, decodeCursor, encodeCursor, page, type SortKey } from '../../src/http/paging.js';
import { ProblemError } from '../../src/http/problem-error.js';

interface Item {
  readonly partition: string;
  readonly slot: number;
}
const keyOf = (item: Item): SortKey => [item.partition, item.slot];

/** Walks all pages. */
function walk(items: readonly Item[], limit: number): Item[] {
  const seen: Item[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages <= items.length; pages += 1) {
    const { items: shown, nextCursor } = page(items, cursor === undefined ? { limit } : { limit, cursor }, keyOf);
    seen.push(...shown);
    if (nextCursor === null) return seen;
    cursor = nextCursor;
  }
  throw new Error('the pages do not end');
}

const items = fc.uniqueArray(fc.record({ partition: fc.string(), slot: fc.integer() }), {
  selector: (item) => JSON.stringify(keyOf(item)),
  maxLength: 30,
});

describe('page', () => {
  it('shows every item once, in order, whatever the limit', () => {
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 40 }), (all, limit) => {
        const expected = [...all].sort((a, b) => compareKeys(keyOf(a), keyOf(b)));
        expect(walk(all, limit)).toEqual(expected);
      }),
    );
  });

  it('sorts numbers as numbers', () => {
    const slots = [10, 9, 2].map((slot) => ({ partition: 'a', slot }));
    expect(page(slots, {}, keyOf).items.map((item) => item.slot)).toEqual([2, 9, 10]);
  });

  it('goes on behind an item that has gone', () => {
    const all = [1, 2, 3, 4].map((slot) => ({ partition: 'a', slot }));
    const { nextCursor } = page(all, { limit: 2 }, keyOf);
    const without = all.filter((item) => item.slot !== 2);
    expect(page(without, { limit: 2, cursor: nextCursor ?? '' }, keyOf).items.map((item) => item.slot)).toEqual([3, 4]);
  });

  it('has no next page after the last, also when the last is full', () => {
    const all = [1, 2].map((slot) => ({ partition: 'a', slot }));
    expect(page(all, { limit: 2 }, keyOf).nextCursor).toBeNull();
    expect(page([], {}, keyOf)).toEqual({ items: [], nextCursor: null });
  });
});

describe('cursors', () => {
  it('come back as they went', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.integer())), (key) => {
        expect(decodeCursor(encodeCursor(key))).toEqual(key);
      }),
    );
  });

  it.each(['', 'x', 'bnVsbA', encodeCursor([]).slice(0, 1), Buffer.from('[null]').toString('base64url')])(
    'refuses %j',
    (cursor) => {
      expect(() => decodeCursor(cursor)).toThrow(ProblemError);
    },
  );
});
