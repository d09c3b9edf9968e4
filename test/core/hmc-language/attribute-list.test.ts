import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { attributeList, type AttributeAssignment } from '../../../src/core/hmc-language/attribute-list.js';
import { hostileText } from './hostile-text.js';
import { readAttributeList } from './read-attribute-list.js';

const set = (name: string, value: string | string[]): AttributeAssignment => ({ name, operator: '=', value });

describe('attributeList', () => {
  it('joins assignments with commas', () => {
    expect(attributeList([set('adapter_id', '2'), set('phys_port_label', 'netA')])).toEqual({
      ok: true,
      value: 'adapter_id=2,phys_port_label=netA',
    });
  });

  it('quotes the value of a list that is set, as the seed does', () => {
    expect(attributeList([set('auto_priority_failover', '1'), set('backing_devices', ['a', 'b'])])).toEqual({
      ok: true,
      value: 'auto_priority_failover=1,backing_devices="a,b"',
    });
  });

  it.each(['+=', '-='] as const)('quotes the pair of a list with %s, as the seed does', (operator) => {
    expect(attributeList([{ name: 'backing_devices', operator, value: ['a', 'b'] }])).toEqual({
      ok: true,
      value: `"backing_devices${operator}a,b"`,
    });
  });

  it('leaves a list of one element without quotes', () => {
    expect(attributeList([{ name: 'backing_devices', operator: '-=', value: ['a'] }])).toEqual({
      ok: true,
      value: 'backing_devices-=a',
    });
  });

  it.each([
    ['comma', 'a,b'],
    ['double quote', 'a"b'],
    ['newline', 'a\nb'],
  ])('refuses a %s in a value and in an element', (_what, value) => {
    const refusal = { ok: false, refusal: { type: 'not-representable' } };
    expect(attributeList([set('phys_port_label', value)])).toMatchObject(refusal);
    expect(attributeList([set('backing_devices', ['a', value])])).toMatchObject(refusal);
  });

  it('says what was put in, whatever was put in, or was refused', () => {
    const assignment = fc.record({
      name: fc.constantFrom('phys_port_label', 'backing_devices', 'mac_addr'),
      operator: fc.constantFrom('=' as const, '+=' as const, '-=' as const),
      value: fc.oneof(hostileText, fc.array(hostileText, { minLength: 1, maxLength: 6 })),
    });
    let carried = 0;
    fc.assert(
      fc.property(fc.uniqueArray(assignment, { minLength: 1, selector: ({ name }) => name }), (assignments) => {
        const list = attributeList(assignments);
        if (list.ok) {
          carried += 1;
          expect(readAttributeList(list.value)).toEqual(
            assignments.map(({ name, operator, value }) => ({ name, operator, value: [value].flat() })),
          );
        }
      }),
      { numRuns: 1_000 },
    );
    expect(carried).toBeGreaterThan(50);
  });
});
