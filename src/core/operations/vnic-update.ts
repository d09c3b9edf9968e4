import { ok, refuse, type Result } from '../refusal.js';
import type { Snapshot } from '../resources/snapshot.js';
import { switchAutomaticFailover } from './automatic-failover.js';
import { absence, bindVnic, presentVnic, vnicInSlot, vnicPresence } from './bound-target.js';
import type { Operation, Plan } from './operation.js';
import { planOf } from './plan-of.js';
import type { VnicUpdateRequest } from './requests.js';

/**
 * Automatic failover on or off: the one attribute of which it is known that `-o s` can set it (hmc-cli.md §1.1).
 * Switching it on while the active device is not the one with the lowest number makes the hypervisor move.
 */
export const vnicUpdate: Operation<VnicUpdateRequest> = {
  name: 'vnic.update',
  needs: ['partitions', 'vnics'],
  readback: ['vnics'],

  bind(snapshot: Snapshot<'partitions' | 'vnics'>, address) {
    const bound = bindVnic(snapshot, address);
    return bound.ok ? ok(bound.value.target) : bound;
  },

  presence: vnicPresence,

  plan(snapshot: Snapshot<'vnics'>, target, request): Result<Plan> {
    const vnic = presentVnic(snapshot, target);
    if (vnic === undefined) return refuse(absence(vnicPresence(snapshot, target)));
    const { autoPriorityFailover } = request;
    if (autoPriorityFailover === undefined || autoPriorityFailover === vnic.autoPriorityFailover) {
      return ok({ steps: [], target });
    }
    return planOf([switchAutomaticFailover(snapshot, vnic, autoPriorityFailover)], target);
  },

  holds(snapshot: Snapshot<'vnics'>, target, { autoPriorityFailover }) {
    const vnic = presentVnic(snapshot, target);
    return (
      vnic !== undefined && (autoPriorityFailover === undefined || autoPriorityFailover === vnic.autoPriorityFailover)
    );
  },

  observe(snapshot: Snapshot<'vnics'>, target) {
    const vnic = presentVnic(snapshot, target);
    return vnic === undefined ? null : { autoPriorityFailover: vnic.autoPriorityFailover };
  },

  result(snapshot: Snapshot<'vnics'>, target) {
    return vnicInSlot(snapshot, target) ?? null;
  },
};
