import { ok, refuse, type Refusal, type Result } from '../refusal.js';
import type { Snapshot } from '../resources/snapshot.js';
import { isEqualDevice } from '../placement/backing-device-request.js';
import { owedRestoration } from './automatic-failover.js';
import { absence, partitionPresence, partitionTarget, presentVnic, vnicInSlot, vnicPresence } from './bound-target.js';
import { isForsaken } from './desired-devices.js';
import { findPartition } from './find-partition.js';
import { notComparedWarnings, withWarnings } from './maximum-capacity.js';
import { observedActive, observedVnic } from './observed-vnic.js';
import type { Operation, Plan, Target } from './operation.js';
import type { VnicCreateRequest, VnicSetRequest } from './requests.js';
import { attributesRefusal, hasAttributes } from './vnic-attributes.js';
import { vnicCreate } from './vnic-create.js';
import { decideDevices, wishedDevices } from './wished-devices.js';
import { planChange, stateOf } from './vnic-set-plan.js';
import type { Reading } from './vnic-set-room.js';

/**
 * A vNIC as it is wished as a whole: its list of devices, and automatic failover; what the request leaves out stays as
 * it is, also of a device that is made anew on its port. Plans the fewest commands, in an order that never leaves fewer
 * than min(before, after) − 1 operational devices and never none, and that moves the active device before it is taken
 * away. Where that cannot be, `network-disruption` names the step, unless the request allows it. An empty slot gets a
 * new vNIC. The same request again plans nothing.
 */
export const vnicSet: Operation<VnicSetRequest> = {
  name: 'vnic.set',
  needs: ['partitions', 'adapters', 'physicalPorts', 'logicalPorts', 'vnics', 'virtualSlots'],
  readback: ['partitions', 'vnics'],

  bind(snapshot, address, request) {
    const partition = findPartition(snapshot, address);
    if (!partition.ok) return partition;
    if (address.slot === undefined) throw new Error('this operation needs a slot in its path');
    const target: Target = { ...partitionTarget(partition.value), slot: address.slot };
    const vnic = vnicInSlot(snapshot, target);
    if (vnic !== undefined) {
      const broken = attributesRefusal(request);
      const devices = broken === null ? decideDevices(snapshot, vnic, target, request) : refuse(broken);
      return devices.ok ? ok({ ...target, macAddress: vnic.macAddress }) : devices;
    }
    const create = createRequest(target, request);
    if (!create.ok) return create;
    const bound = vnicCreate.bind(snapshot, address, create.value);
    return bound.ok ? ok({ ...bound.value, slot: address.slot }) : withoutSlotPointer(bound.refusal);
  },

  /**
   * Bound to an empty slot of a partition, whatever vNIC is there by now may be what this very job has created: `plan`
   * looks at it.
   */
  presence(snapshot, target) {
    return target.macAddress === undefined ? partitionPresence(snapshot, target) : vnicPresence(snapshot, target);
  },

  plan(snapshot: Reading, target, request): Result<Plan> {
    const vnic = presentVnic(snapshot, target);
    if (target.macAddress !== undefined) {
      return vnic === undefined
        ? refuse(absence(vnicPresence(snapshot, target)))
        : planChange(snapshot, vnic, target, request);
    }
    const presence = partitionPresence(snapshot, target);
    if (presence !== 'present') return refuse(absence(presence));
    if (vnic !== undefined) {
      // As wished, it may be what this very job has created; else somebody has taken the slot meanwhile.
      return vnicSet.holds(snapshot as Snapshot, target, request)
        ? ok(withWarnings({ steps: [], target }, notComparedWarnings(snapshot, vnic, request.backingDevices ?? [])))
        : refuse(absence('replaced'));
    }
    const create = createRequest(target, request);
    if (!create.ok) return create;
    const planned = vnicCreate.plan(snapshot as Snapshot, target, create.value);
    return planned.ok ? planned : withoutSlotPointer(planned.refusal);
  },

  holds(snapshot, target, request) {
    const vnic = vnicSet.presence(snapshot, target) === 'present' ? vnicInSlot(snapshot, target) : undefined;
    if (vnic === undefined || !hasAttributes(vnic, request)) return false;
    if (
      owedRestoration(snapshot, target) !== null ||
      (target.owesActiveDevice === true && isForsaken(stateOf(snapshot, vnic, request)))
    ) {
      return false;
    }
    const devices = wishedDevices(target, request);
    return (
      devices === undefined ||
      (vnic.backingDevices.length === devices.length &&
        devices.every((wanted) => vnic.backingDevices.some((device) => isEqualDevice(device, wanted))))
    );
  },

  observe(snapshot, target) {
    const vnic = presentVnic(snapshot, target);
    return vnic === undefined ? null : { vnic: observedVnic(vnic), active: observedActive(vnic) };
  },

  result(snapshot, target) {
    return vnicInSlot(snapshot, target) ?? null;
  },
};

/** What creates the vNIC in an empty slot. */
function createRequest(target: Target, request: VnicSetRequest): Result<VnicCreateRequest> {
  const { allowNetworkDisruption: _allowed, backingDevices, ...attributes } = request;
  return backingDevices === undefined
    ? refuse({
        type: 'rule-violation',
        pointer: '/backingDevices',
        detail: `Slot ${target.slot} of partition ${target.partition?.name} has no vNIC yet: name 1 to 6 backing devices to create it.`,
      })
    : ok({ ...attributes, slot: target.slot, backingDevices });
}

/** The slot of this operation stands in the path, not in the body. */
function withoutSlotPointer(refusal: Refusal): { readonly ok: false; readonly refusal: Refusal } {
  const { pointer, ...rest } = refusal;
  return refuse(pointer === undefined || pointer === '/slot' ? rest : refusal);
}
