import { describe, expect, it } from 'vitest';
import { physicalPortSetLabel } from '../../../src/core/operations/physical-port-set-label.js';
import type { Snapshot } from '../../../src/core/resources/snapshot.js';
import { estate, physicalPort } from './estate.js';
import { bindAndPlan, lines, moves, refusalOf, valueOf } from './plan-helpers.js';

const ADDRESS = { physicalPort: { adapterId: 1, physicalPortId: 2 } } as const;
const now = (changes: object): Snapshot =>
  estate({ physicalPorts: [physicalPort(1, 1), physicalPort(1, 2, changes), physicalPort(2, 2)] });

describe('setting the label of a physical port', () => {
  it.each([
    [{ label: 'backup' }, `phys_port_label=backup`],
    [{ subLabel: 'prod' }, `phys_port_sub_label=prod`],
    [{ label: 'backup', subLabel: 'prod' }, `phys_port_label=backup,phys_port_sub_label=prod`],
  ])('%o is one command', (request, attributes) => {
    const { target, planned } = bindAndPlan(physicalPortSetLabel, now({}), ADDRESS, request);
    expect(lines(valueOf(planned))).toEqual([
      `chhwres -r sriov -m '9119-MME*65BA46F' --rsubtype physport -o s -a adapter_id=1,phys_port_id=2,${attributes}`,
    ]);
    expect(moves(valueOf(planned))).toEqual([false]);
    expect(target).toEqual(ADDRESS);
    expect(physicalPortSetLabel.holds(now({}), target, request)).toBe(false);
    expect(physicalPortSetLabel.holds(now(request), target, request)).toBe(true);
  });

  it('leaves alone what is not named, and plans nothing when it is so already', () => {
    const labelled = now({ label: 'backup', subLabel: 'prod' });
    for (const request of [{ label: 'backup' }, { subLabel: 'prod' }, {}]) {
      const { target, planned } = bindAndPlan(physicalPortSetLabel, labelled, ADDRESS, request);
      expect(valueOf(planned).steps).toEqual([]);
      expect(physicalPortSetLabel.holds(labelled, target, request)).toBe(true);
    }
  });

  it('an empty label takes it away', () => {
    const { planned } = bindAndPlan(physicalPortSetLabel, now({ label: 'backup' }), ADDRESS, { label: '' });
    expect(lines(valueOf(planned)).join()).toMatch(/phys_port_label=$/);
  });

  it.each([
    ['label', 'a'.repeat(17), 'rule-violation'],
    ['subLabel', 'a'.repeat(9), 'rule-violation'],
    ['label', 'a,b', 'not-representable'],
    ['subLabel', 'a"b', 'not-representable'],
    ['label', 'a\nb', 'not-representable'],
    ['label', 'null', 'not-representable'],
    ['subLabel', 'Null', 'not-representable'],
    ['label', 'UNAVAILABLE', 'not-representable'],
  ])('refuses %s %j', (member, value, type) => {
    const request = { [member]: value };
    expect(refusalOf(physicalPortSetLabel.bind(now({}), ADDRESS, request))).toMatchObject({
      type,
      pointer: `/${member}`,
    });
    expect(refusalOf(physicalPortSetLabel.plan(now({}), ADDRESS, request))).toMatchObject({
      type,
      pointer: `/${member}`,
    });
  });

  it('takes as many characters as there may be', () => {
    const request = { label: 'a'.repeat(16), subLabel: 'b'.repeat(8) };
    expect(valueOf(bindAndPlan(physicalPortSetLabel, now({}), ADDRESS, request).planned).steps).toHaveLength(1);
  });

  it('takes a label that only begins like no value', () => {
    for (const label of ['null1', 'none', 'unavailable-b']) {
      expect(valueOf(bindAndPlan(physicalPortSetLabel, now({}), ADDRESS, { label }).planned).steps).toHaveLength(1);
    }
  });

  it('needs its port', () => {
    const nowhere = { physicalPort: { adapterId: 9, physicalPortId: 2 } };
    expect(refusalOf(physicalPortSetLabel.bind(now({}), nowhere, {})).type).toBe('target-not-found');
    expect(refusalOf(physicalPortSetLabel.plan(now({}), nowhere, {})).type).toBe('target-gone');
    expect(physicalPortSetLabel.presence(now({}), nowhere)).toBe('gone');
    expect(physicalPortSetLabel.presence(now({}), ADDRESS)).toBe('present');
    expect(physicalPortSetLabel.holds(now({}), nowhere, {})).toBe(false);
  });

  it('observes the labels and nothing that moves by itself', () => {
    expect(physicalPortSetLabel.observe(now({ linkUp: false }), ADDRESS)).toEqual(
      physicalPortSetLabel.observe(now({}), ADDRESS),
    );
    expect(physicalPortSetLabel.observe(now({ label: 'x' }), ADDRESS)).not.toEqual(
      physicalPortSetLabel.observe(now({}), ADDRESS),
    );
    expect(physicalPortSetLabel.result(now({ label: 'x' }), ADDRESS)).toEqual(physicalPort(1, 2, { label: 'x' }));
  });
});
