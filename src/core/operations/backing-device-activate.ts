import { ok, refuse, type Refusal, type Result } from '../refusal.js';
import type { Snapshot } from '../resources/snapshot.js';
import type { Vnic } from '../resources/vnic.js';
import type { BackingDevice } from '../resources/backing-device.js';
import { elected, electionMoves, mayCarryTraffic, withActive } from '../resources/election.js';
import { activateStep } from './activate-step.js';
import { owedRestoration, switchAutomaticFailover } from './automatic-failover.js';
import { absence, backingDevicePresence, bindBackingDevice, presentBackingDevice, vnicInSlot } from './bound-target.js';
import { observedActive } from './observed-vnic.js';
import type { Operation, Plan } from './operation.js';
import { planOf } from './plan-of.js';
import type { BackingDeviceActivateRequest } from './requests.js';

/**
 * Makes one device active. The command switches automatic failover off; it stays off, or is switched on again when
 * `restoreAutoPriorityFailover` asks for it. That is refused unless the device has the lowest number among the
 * operational ones, because the hypervisor would move away again at once.
 */
export const backingDeviceActivate: Operation<BackingDeviceActivateRequest> = {
  name: 'backing-device.activate',
  needs: ['partitions', 'vnics'],
  readback: ['vnics'],

  bind(snapshot: Snapshot<'partitions' | 'vnics'>, address) {
    const bound = bindBackingDevice(snapshot, address);
    return bound.ok ? ok(bound.value.target) : bound;
  },

  presence: backingDevicePresence,

  plan(snapshot: Snapshot<'vnics'>, target, request): Result<Plan> {
    const bound = presentBackingDevice(snapshot, target);
    if (bound === undefined) return refuse(absence(backingDevicePresence(snapshot, target)));
    const { vnic, device } = bound;
    const restore = request.restoreAutoPriorityFailover === true;
    if (isAsWished(vnic, device, request)) return ok({ steps: [], target });
    const obstacle = activationObstacle(vnic, device, restore);
    if (obstacle !== null) {
      // Our own activation has switched automatic failover off, and what is now in the way came later: it must not stay
      // off.
      const owed = owedRestoration(snapshot, target);
      return owed === null ? refuse(obstacle) : planOf([owed], target);
    }
    if (device.active === true) return planOf([switchAutomaticFailover(snapshot, vnic, restore)], target);
    const activate = activateStep(snapshot, vnic, device);
    if (!restore) return planOf([activate], target);
    const afterwards = withActive(vnic.backingDevices, device.logicalPortId);
    const wasOn = vnic.autoPriorityFailover === true || target.restoreAutoPriorityFailover === true;
    return planOf(
      [activate, switchAutomaticFailover(snapshot, vnic, true, afterwards)],
      wasOn ? { ...target, restoreAutoPriorityFailover: true } : target,
    );
  },

  holds(snapshot: Snapshot<'vnics'>, target, request) {
    const bound = presentBackingDevice(snapshot, target);
    return bound !== undefined && isAsWished(bound.vnic, bound.device, request);
  },

  observe(snapshot: Snapshot<'vnics'>, target) {
    const vnic = presentBackingDevice(snapshot, target)?.vnic;
    return vnic === undefined
      ? null
      : { active: observedActive(vnic), autoPriorityFailover: vnic.autoPriorityFailover };
  },

  result(snapshot: Snapshot<'vnics'>, target) {
    return vnicInSlot(snapshot, target) ?? null;
  },
};

/**
 * Active, and automatic failover off; when a restore was asked for: active, automatic failover on, and no other device
 * to which the hypervisor is about to move.
 */
function isAsWished(vnic: Vnic, device: BackingDevice, request: BackingDeviceActivateRequest): boolean {
  if (device.active !== true) return false;
  return request.restoreAutoPriorityFailover === true
    ? vnic.autoPriorityFailover === true && !electionMoves(vnic.backingDevices)
    : vnic.autoPriorityFailover === false;
}

function activationObstacle(vnic: Vnic, device: BackingDevice, restore: boolean): Refusal | null {
  if (device.active !== true && !mayCarryTraffic(device)) {
    return {
      type: 'backing-device-not-operational',
      detail: `Device ${device.logicalPortId} is ${JSON.stringify(device.status)}: the vNIC would lose its traffic. Mend the device, or activate another one.`,
      members: { deviceStatus: device.status },
    };
  }
  const winner = elected(withActive(vnic.backingDevices, device.logicalPortId));
  if (restore && winner !== null && winner.logicalPortId !== device.logicalPortId) {
    const standing = mayCarryTraffic(device)
      ? `has failover priority ${device.failoverPriority}`
      : `is ${JSON.stringify(device.status)}`;
    return {
      type: 'not-lowest-priority',
      pointer: '/restoreAutoPriorityFailover',
      detail:
        `Device ${device.logicalPortId} ${standing}, device ${winner.logicalPortId} has failover priority ${winner.failoverPriority}: ` +
        'with automatic failover on again the hypervisor would move there at once. Change the priority instead, ' +
        'or leave restoreAutoPriorityFailover out.',
      members: { preferredLogicalPortId: winner.logicalPortId },
    };
  }
  return null;
}
