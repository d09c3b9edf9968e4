import { removeBackingDevices } from '../hmc-language/changes.js';
import { ok, refuse, type Result } from '../refusal.js';
import { sharedNames } from '../resources/partition.js';
import type { Snapshot } from '../resources/snapshot.js';
import type { Vnic } from '../resources/vnic.js';
import type { BackingDevice } from '../resources/backing-device.js';
import { inputOf } from '../placement/backing-device-request.js';
import { isUntold, nextBest, withActive } from '../resources/election.js';
import { activateStep } from './activate-step.js';
import { owedRestoration, switchAutomaticFailover, vnicToRestore } from './automatic-failover.js';
import {
  backingDevicePresence,
  bindBackingDevice,
  presentBackingDevice,
  presentVnic,
  vnicInSlot,
} from './bound-target.js';
import { observedActive, observedDevices } from './observed-vnic.js';
import type { Operation, Plan, PlannedCommand } from './operation.js';
import { isShutOff, partitionStateRefusal } from './partition-state.js';
import { planOf } from './plan-of.js';
import type { EmptyRequest } from './requests.js';
import { WAIT_MINUTES } from './wait-time.js';

type Reading = Snapshot<'partitions' | 'vnics'>;

/**
 * Takes one backing device away. The active one is not pulled from under the traffic: the next best is made active
 * first, which switches automatic failover off; if it was on, the last step switches it on again, also when the plan is
 * made again half way (the target remembers it). The last device cannot be removed: the vNIC must be deleted instead.
 */
export const backingDeviceRemove: Operation<EmptyRequest> = {
  name: 'backing-device.remove',
  needs: ['partitions', 'vnics'],
  readback: ['partitions', 'vnics'],

  bind(snapshot: Snapshot<'partitions' | 'vnics'>, address) {
    const bound = bindBackingDevice(snapshot, address);
    return bound.ok ? ok(bound.value.target) : bound;
  },

  presence: backingDevicePresence,

  plan(snapshot: Reading, target): Result<Plan> {
    const bound = presentBackingDevice(snapshot, target);
    if (bound === undefined) {
      const owed = owedRestoration(snapshot, target);
      return planOf(owed === null ? [] : [owed], target);
    }
    const { vnic, device } = bound;
    const remaining = vnic.backingDevices.filter((one) => one !== device);
    if (remaining.length === 0) {
      return refuse({
        type: 'last-backing-device',
        detail: `Device ${device.logicalPortId} is the only backing device of the vNIC in slot ${vnic.slot} of ${vnic.partition.name}. Delete the vNIC instead, or add another device first.`,
      });
    }
    const unfit = partitionStateRefusal(snapshot, vnic.partition.id);
    if (unfit !== null) return refuse(unfit);
    const remove = removeStep(snapshot, vnic, device);
    // Who carries the traffic of a partition that runs must be known before one of its devices goes.
    const mayBeActive =
      device.active === true || (isUntold(vnic.backingDevices) && !isShutOff(snapshot, vnic.partition.id));
    if (!mayBeActive) {
      const restore = target.restoreAutoPriorityFailover === true && vnic.autoPriorityFailover !== true;
      return planOf(restore ? [remove, switchAutomaticFailover(snapshot, vnic, true, remaining)] : [remove], target);
    }
    const next = nextBest(vnic.backingDevices, device);
    if (next === null) {
      return refuse({
        type: 'no-operational-backing-device',
        detail:
          device.active === true
            ? `Device ${device.logicalPortId} is active, and no other device of the vNIC is operational: removing it would cut the partition off. Mend or add another device first.`
            : `The HMC does not tell which device of the vNIC is active, nor which are operational: removing ${device.logicalPortId} might cut the partition off. Look at the states that the HMC prints (\`attributes\` of the vNIC), and try again when it tells them.`,
        members: {
          backingDevices: remaining.map(({ logicalPortId, status }) => ({ logicalPortId, status })),
        },
      });
    }
    const activate = activateStep(snapshot, vnic, next);
    if (vnic.autoPriorityFailover !== true && target.restoreAutoPriorityFailover !== true) {
      return planOf([activate, remove], target);
    }
    const restore = switchAutomaticFailover(snapshot, vnic, true, withActive(remaining, next.logicalPortId));
    return planOf([activate, remove, restore], { ...target, restoreAutoPriorityFailover: true });
  },

  holds(snapshot: Snapshot<'vnics'>, target) {
    return presentBackingDevice(snapshot, target) === undefined && vnicToRestore(snapshot, target) === undefined;
  },

  observe(snapshot: Snapshot<'vnics'>, target) {
    const vnic = presentVnic(snapshot, target);
    return vnic === undefined
      ? null
      : {
          backingDevices: observedDevices(vnic),
          active: observedActive(vnic),
          autoPriorityFailover: vnic.autoPriorityFailover,
        };
  },

  result(snapshot: Snapshot<'vnics'>, target) {
    return vnicInSlot(snapshot, target) ?? null;
  },
};

function removeStep(snapshot: Reading, vnic: Vnic, device: BackingDevice): Result<PlannedCommand> {
  const { partition, slot } = vnic;
  const command = removeBackingDevices({
    mtms: snapshot.system.mtms,
    partition,
    slot,
    sharedNames: sharedNames(snapshot.partitions),
    waitMinutes: WAIT_MINUTES,
    backingDevices: [inputOf(device)],
  });
  return command.ok ? ok({ command: command.value, movesActive: false }) : command;
}
