import { expect, it } from 'vitest';
import { OPERATIONS } from '../../../src/core/operations/operations.js';
import type { Operation, TargetAddress } from '../../../src/core/operations/operation.js';
import type { Snapshot } from '../../../src/core/resources/snapshot.js';
import { estate, logicalPortId } from './estate.js';
import { activeOf, apply } from './hypervisor.js';
import { bindAndPlan, lines, valueOf } from './plan-helpers.js';

const LIZARD_6 = { partition: { name: 'lizard' }, slot: 6 } as const;

function change<R>(
  snapshot: Snapshot,
  operation: Operation<R>,
  address: TargetAddress,
  request: R,
): [string[], Snapshot] {
  const { planned } = bindAndPlan(operation, snapshot, address, request);
  const plan = valueOf(planned);
  const after = plan.steps.reduce((state, { command }) => apply(state, command), snapshot);
  expect(operation.holds(after, plan.target, request)).toBe(true);
  return [[...lines(plan)], after];
}

it("plays the seed's chapter, one command for each of its commands", () => {
  const onPort2 = { physicalPortId: 1, capacity: 2 } as const;
  let now = estate();
  let sent: string[];

  [sent, now] = change(
    now,
    OPERATIONS['vnic.create'],
    { partition: { name: 'lizard' } },
    {
      portVlanId: 3455,
      autoPriorityFailover: true,
      backingDevices: [
        { virtualIoServer: { name: 'vios1' }, adapterId: 1, failoverPriority: 10, ...onPort2 },
        { virtualIoServer: { name: 'vios1' }, adapterId: 3, failoverPriority: 20, ...onPort2 },
      ],
    },
  );
  expect(sent).toEqual([
    `chhwres -r virtualio -m '9119-MME*65BA46F' -o a --rsubtype vnic --id 6 -s 6 -w 5 -a 'port_vlan_id=3455,auto_priority_failover=1,backing_devices="sriov/vios1//1/1/2.0/10,sriov/vios1//3/1/2.0/20"'`,
  ]);
  const [first] = now.vnics;
  expect(first && activeOf(first)).toBe(logicalPortId(1, 41));

  [sent, now] = change(now, OPERATIONS['backing-device.add'], LIZARD_6, {
    backingDevices: [
      { virtualIoServer: { name: 'vios1' }, adapterId: 2, failoverPriority: 30, ...onPort2 },
      { virtualIoServer: { name: 'vios2' }, adapterId: 4, failoverPriority: 40, ...onPort2 },
    ],
  });
  expect(sent).toEqual([
    `chhwres -r virtualio -m '9119-MME*65BA46F' -o s --rsubtype vnic --id 6 -s 6 -w 5 -a '"backing_devices+=sriov/vios1//2/1/2.0/30,sriov/vios2//4/1/2.0/40"'`,
  ]);

  const ofAdapter1 = { ...LIZARD_6, logicalPortId: logicalPortId(1, 41) };
  [sent, now] = change(now, OPERATIONS['backing-device.set-priority'], ofAdapter1, { failoverPriority: 11 });
  expect(sent).toEqual([
    `chhwres -r virtualio -m '9119-MME*65BA46F' -o s --rsubtype vnicbkdev -p lizard -s 6 --logport 27004029 -a failover_priority=11`,
  ]);

  const ofAdapter2 = { ...LIZARD_6, logicalPortId: logicalPortId(2, 41) };
  [sent, now] = change(now, OPERATIONS['backing-device.activate'], ofAdapter2, {});
  expect(sent).toEqual([
    `chhwres -r virtualio -m '9119-MME*65BA46F' -o act --rsubtype vnicbkdev -p lizard -s 6 --logport 27008029`,
  ]);
  expect(now.vnics[0]?.autoPriorityFailover).toBe(false);

  [sent, now] = change(now, OPERATIONS['vnic.update'], LIZARD_6, { autoPriorityFailover: true });
  expect(sent).toEqual([
    `chhwres -r virtualio -m '9119-MME*65BA46F' -o s --rsubtype vnic --id 6 -s 6 -w 5 -a auto_priority_failover=1`,
  ]);
  // With automatic failover on again the hypervisor has gone back to the lowest number.
  expect(now.vnics[0] && activeOf(now.vnics[0])).toBe(logicalPortId(1, 41));

  [sent, now] = change(now, OPERATIONS['vnic.delete'], LIZARD_6, {});
  expect(sent).toEqual([`chhwres -r virtualio -m '9119-MME*65BA46F' -o r --rsubtype vnic --id 6 -s 6 -w 5`]);
  expect(now.vnics).toEqual([]);
});
