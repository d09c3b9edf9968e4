import { expect, it } from 'vitest';
import { OPERATION_NAMES } from '../../../src/core/operations/operation.js';
import { operationOf, OPERATIONS } from '../../../src/core/operations/operations.js';
import { SNAPSHOT_PARTS } from './arbitrary-estate.js';

it('has every operation under its own name', () => {
  expect(Object.keys(OPERATIONS).sort()).toEqual([...OPERATION_NAMES].sort());
  for (const name of OPERATION_NAMES) {
    expect(operationOf(name).name).toBe(name);
  }
});

it.each(OPERATION_NAMES)('%s reads back only what it has read before', (name) => {
  const { needs, readback } = operationOf(name);
  expect(new Set(needs).size).toBe(needs.length);
  expect(needs).toEqual(expect.arrayContaining([...readback]));
  expect(SNAPSHOT_PARTS).toEqual(expect.arrayContaining([...needs]));
});
