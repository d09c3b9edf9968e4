import { removeVnic } from '../hmc-language/changes.js';
import { ok, refuse, type Result } from '../refusal.js';
import type { Snapshot } from '../resources/snapshot.js';
import { bindVnic, presentVnic, vnicPresence } from './bound-target.js';
import { observedVnic } from './observed-vnic.js';
import type { Operation, Plan } from './operation.js';
import { partitionStateRefusal } from './partition-state.js';
import type { EmptyRequest } from './requests.js';
import { WAIT_MINUTES } from './wait-time.js';

/** Removes a vNIC with all its backing devices. A vNIC that is gone already is what was wished for. */
export const vnicDelete: Operation<EmptyRequest> = {
  name: 'vnic.delete',
  needs: ['partitions', 'vnics'],
  readback: ['partitions', 'vnics'],

  bind(snapshot: Snapshot<'partitions' | 'vnics'>, address) {
    const bound = bindVnic(snapshot, address);
    return bound.ok ? ok(bound.value.target) : bound;
  },

  presence: vnicPresence,

  plan(snapshot: Snapshot<'partitions' | 'vnics'>, target): Result<Plan> {
    const vnic = presentVnic(snapshot, target);
    if (vnic === undefined) return ok({ steps: [], target });
    const refusal = partitionStateRefusal(snapshot, vnic.partition.id);
    if (refusal !== null) return refuse(refusal);
    const { partition, slot } = vnic;
    const command = removeVnic({ mtms: snapshot.system.mtms, partition, slot, waitMinutes: WAIT_MINUTES });
    return command.ok ? ok({ steps: [{ command: command.value, movesActive: false }], target }) : command;
  },

  holds(snapshot: Snapshot<'vnics'>, target) {
    return presentVnic(snapshot, target) === undefined;
  },

  observe(snapshot: Snapshot<'vnics'>, target) {
    const vnic = presentVnic(snapshot, target);
    return vnic === undefined ? null : observedVnic(vnic);
  },

  result(snapshot: Snapshot<'vnics'>, target) {
    return presentVnic(snapshot, target) ?? null;
  },
};
