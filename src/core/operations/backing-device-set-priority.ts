import { setFailoverPriority } from '../hmc-language/changes.js';
import { ok, refuse, type Result } from '../refusal.js';
import { sharedNames } from '../resources/partition.js';
import type { Snapshot, SnapshotParts } from '../resources/snapshot.js';
import { priorityRefusal } from '../placement/backing-device-request.js';
import { electionMoves } from '../resources/election.js';
import { absence, backingDevicePresence, bindBackingDevice, presentBackingDevice, vnicInSlot } from './bound-target.js';
import type { Operation, Plan } from './operation.js';
import type { BackingDeviceSetPriorityRequest } from './requests.js';

/** The partitions are read to plan, not to plan the rest. */
type Reading = Snapshot<'vnics'> & Partial<Pick<SnapshotParts, 'partitions'>>;

/** Another failover priority for one device. With automatic failover on, the hypervisor follows the lowest number. */
export const backingDeviceSetPriority: Operation<BackingDeviceSetPriorityRequest> = {
  name: 'backing-device.set-priority',
  needs: ['partitions', 'vnics'],
  readback: ['vnics'],

  bind(snapshot: Snapshot<'partitions' | 'vnics'>, address, request) {
    const bound = bindBackingDevice(snapshot, address);
    if (!bound.ok) return bound;
    const broken = priorityRefusal(request.failoverPriority, '/failoverPriority');
    return broken === null ? ok(bound.value.target) : refuse(broken);
  },

  presence: backingDevicePresence,

  plan(snapshot: Reading, target, { failoverPriority }): Result<Plan> {
    const bound = presentBackingDevice(snapshot, target);
    if (bound === undefined) return refuse(absence(backingDevicePresence(snapshot, target)));
    const broken = priorityRefusal(failoverPriority, '/failoverPriority');
    if (broken !== null) return refuse(broken);
    const { vnic, device } = bound;
    if (device.failoverPriority === failoverPriority) return ok({ steps: [], target });
    const command = setFailoverPriority({
      mtms: snapshot.system.mtms,
      partition: vnic.partition,
      slot: vnic.slot,
      sharedNames: sharedNames(snapshot.partitions ?? []),
      logicalPortId: device.logicalPortId,
      priority: failoverPriority,
    });
    const after = vnic.backingDevices.map((one) => (one === device ? { ...one, failoverPriority } : one));
    // Unknown counts as on: to keep a distance that was not needed costs a minute, not to keep it can cost the card.
    const movesActive = vnic.autoPriorityFailover !== false && electionMoves(after);
    return command.ok ? ok({ steps: [{ command: command.value, movesActive }], target }) : command;
  },

  holds(snapshot: Snapshot<'vnics'>, target, { failoverPriority }) {
    return presentBackingDevice(snapshot, target)?.device.failoverPriority === failoverPriority;
  },

  observe(snapshot: Snapshot<'vnics'>, target) {
    const bound = presentBackingDevice(snapshot, target);
    return bound === undefined ? null : { failoverPriority: bound.device.failoverPriority };
  },

  result(snapshot: Snapshot<'vnics'>, target) {
    return vnicInSlot(snapshot, target) ?? null;
  },
};
