import { describe, expect, it } from 'vitest';
import { physicalPortSetLabel } from '../../../src/core/operations/physical-port-set-label.js';
import type { Snapshot } from '../../../src/core/resources/snapshot.js';
import { device, estate, LIZARD, physicalPort, vnic } from './estate.js';
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

  describe('of a port that carries vNICs', () => {
    const onPort = (physicalPortId: number, changes: object = {}): Snapshot['vnics'][number] =>
      vnic({ backingDevices: [device({ logicalPortId: '2700400b', adapterId: 1, physicalPortId })], ...changes });
    const carrying = (...vnics: Snapshot['vnics']): Snapshot => ({ ...now({ label: 'old', subLabel: 'x' }), vnics });
    const planned = (snapshot: Snapshot, request: object) =>
      bindAndPlan(physicalPortSetLabel, snapshot, ADDRESS, request).planned;

    it.each([{ label: 'new' }, { subLabel: 'y' }, { label: 'old', subLabel: 'y' }, { label: '' }, { subLabel: '' }])(
      'refuses %o, and names them',
      (request) => {
        const refusal = refusalOf(planned(carrying(onPort(1), onPort(2)), request));
        expect(refusal).toEqual({
          type: 'port-carries-vnics',
          detail:
            'Adapter 1 port 2 carries 1 vNIC: lizard slot 6 (MAC eaadf2188302). Live Partition Mobility finds their ports ' +
            'on another system by its label. To change it all the same say force: true (role admin).',
          members: { vnics: [{ partition: LIZARD, slot: 6, macAddress: 'eaadf2188302' }] },
        });
      },
    );

    it('does it with force, by the same command', () => {
      const request = { label: 'new' };
      const forced = planned(carrying(onPort(2)), { ...request, force: true });
      expect(lines(valueOf(forced))).toEqual(lines(valueOf(planned(carrying(), request))));
      expect(refusalOf(planned(carrying(onPort(2)), { ...request, force: false })).type).toBe('port-carries-vnics');
    });

    it('takes a port for carried whichever device of whichever partition is on it', () => {
      const standby = device({ logicalPortId: '27004003', adapterId: 1, physicalPortId: 2, active: false });
      const other = onPort(1, { partition: { name: 'gecko', id: 7 }, slot: 3, macAddress: null });
      const both = { ...other, backingDevices: [...other.backingDevices, standby] };
      const { detail, members } = refusalOf(planned(carrying(both), { label: 'new' }));
      expect(detail).toContain('gecko slot 3 (MAC not told)');
      expect(members).toEqual({ vnics: [{ partition: { name: 'gecko', id: 7 }, slot: 3, macAddress: null }] });
    });

    it('plans nothing for the labels that are there', () => {
      for (const request of [{ label: 'old' }, { subLabel: 'x' }, { label: 'old', subLabel: 'x', force: false }]) {
        expect(valueOf(planned(carrying(onPort(2)), request)).steps).toEqual([]);
      }
    });

    it('names three in words, and all as members', () => {
      const { detail, members } = refusalOf(
        planned(carrying(...[2, 3, 4, 5].map((slot) => onPort(2, { slot }))), { label: 'new' }),
      );
      expect(detail).toMatch(/carries 4 vNICs: .*slot 4 \(MAC \w+\) and 1 more\./);
      expect(members).toMatchObject({ vnics: [{ slot: 2 }, { slot: 3 }, { slot: 4 }, { slot: 5 }] });
    });

    it('a readback has no vNICs, and plans the rest without them', () => {
      const { vnics: _vnics, ...readback } = carrying(onPort(2));
      const plan = physicalPortSetLabel.plan(readback as Snapshot, ADDRESS, { label: 'new' });
      expect(valueOf(plan).steps).toHaveLength(1);
    });
  });
});
