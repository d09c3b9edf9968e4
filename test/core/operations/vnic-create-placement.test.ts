import { describe, expect, it } from 'vitest';
import { vnicCreate } from '../../../src/core/operations/vnic-create.js';
import type { VnicCreateRequest } from '../../../src/core/operations/requests.js';
import type { Snapshot } from '../../../src/core/resources/snapshot.js';
import { device, estate, LIZARD, physicalPort, vnic, VIOS2 } from './estate.js';
import { apply } from './hypervisor.js';
import { bindAndPlan, lines, refusalOf, valueOf } from './plan-helpers.js';

const TO_LIZARD = { partition: { id: 6 } } as const;
const REQUEST: VnicCreateRequest = { portVlanId: 3455, placement: { label: 'net', redundancy: 2, capacity: 2 } };
const LABELLED = estate({
  physicalPorts: [1, 2, 3, 4].flatMap((id) =>
    [0, 1].map((port) => physicalPort(id, port, { label: port === 1 ? 'net' : '' })),
  ),
});

/** What a readback has. */
function readback(snapshot: Snapshot): Snapshot {
  const { adapters: _a, physicalPorts: _p, logicalPorts: _l, virtualSlots: _v, ...rest } = snapshot;
  return rest as Snapshot;
}

describe('a create that has its devices placed', () => {
  it('names them in the command, and in the target that the job keeps', () => {
    const { target, planned } = bindAndPlan(vnicCreate, LABELLED, TO_LIZARD, REQUEST);
    expect(target).toEqual({ partition: LIZARD });
    const plan = valueOf(planned);
    expect(lines(plan)).toEqual([
      `chhwres -r virtualio -m '9119-MME*65BA46F' -o a --rsubtype vnic --id 6 -s 6 -w 5 -a 'port_vlan_id=3455,backing_devices="sriov/vios1//1/1/2.0/10,sriov/vios2//2/1/2.0/20"'`,
    ]);
    expect(plan.target).toMatchObject({
      slot: 6,
      placedDevices: [{ adapterId: 1 }, { adapterId: 2, virtualIoServer: VIOS2 }],
    });
  });

  it('holds when these devices are there, also in a readback', () => {
    const { planned } = bindAndPlan(vnicCreate, LABELLED, TO_LIZARD, REQUEST);
    const { steps, target } = valueOf(planned);
    const after = steps.reduce((now, { command }) => apply(now, command), LABELLED);
    expect(vnicCreate.holds(readback(LABELLED), target, REQUEST)).toBe(false);
    expect(vnicCreate.holds(readback(after), target, REQUEST)).toBe(true);
    expect(valueOf(vnicCreate.plan(readback(after), target, REQUEST)).steps).toEqual([]);
    // Not yet there: the same command again, of the same devices.
    expect(lines(valueOf(vnicCreate.plan(readback(LABELLED), target, REQUEST)))).toEqual(lines(valueOf(planned)));
  });

  it('is placed anew when nothing is there yet and the ports have changed', () => {
    const { target } = valueOf(bindAndPlan(vnicCreate, LABELLED, TO_LIZARD, REQUEST).planned);
    const down = {
      ...LABELLED,
      physicalPorts: LABELLED.physicalPorts.map((one) => (one.adapterId === 1 ? { ...one, linkUp: false } : one)),
    };
    expect(lines(valueOf(vnicCreate.plan(down, target, REQUEST)))[0]).not.toContain('sriov/vios1//1/1');
  });

  it('takes a vNIC in the named slot for an equal one when the placement could have chosen it', () => {
    const other = [
      device({ logicalPortId: '2700c009', adapterId: 3, failoverPriority: 5 }),
      device({ logicalPortId: '27010009', adapterId: 4, failoverPriority: 6, virtualIoServer: VIOS2 }),
    ];
    const there = { ...LABELLED, vnics: [vnic({ backingDevices: other })] };
    const named = { ...REQUEST, slot: 6 };
    expect(valueOf(bindAndPlan(vnicCreate, there, TO_LIZARD, named).planned).steps).toEqual([]);
    const three = { ...named, placement: { label: 'net', redundancy: 3 } };
    expect(refusalOf(bindAndPlan(vnicCreate, there, TO_LIZARD, three).planned)).toMatchObject({ type: 'slot-taken' });
  });

  it.each<[string, VnicCreateRequest, string, string | undefined]>([
    ['neither devices nor a placement', {}, 'rule-violation', '/backingDevices'],
    [
      'both',
      { ...REQUEST, backingDevices: [{ virtualIoServer: { id: 1 }, adapterId: 1, physicalPortId: 1 }] },
      'rule-violation',
      '/backingDevices',
    ],
    ['a placement without a number', { placement: { label: 'net' } }, 'rule-violation', '/placement/redundancy'],
    [
      'a label that is not there',
      { placement: { label: 'x', redundancy: 1 } },
      'unknown-reference',
      '/placement/label',
    ],
    ['more than can be placed', { placement: { label: 'net', redundancy: 5 } }, 'no-placement', undefined],
  ])('refuses %s', (_case, request, type, pointer) => {
    const bound = vnicCreate.bind(LABELLED, TO_LIZARD, request);
    const refusal = refusalOf(bound.ok ? vnicCreate.plan(LABELLED, bound.value, request) : bound);
    expect(refusal.type).toBe(type);
    expect(refusal.pointer).toBe(pointer);
  });
});
