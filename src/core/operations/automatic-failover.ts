import { setVnic } from '../hmc-language/changes.js';
import { ok, type Result } from '../refusal.js';
import type { Snapshot } from '../resources/snapshot.js';
import type { Vnic } from '../resources/vnic.js';
import type { BackingDevice } from '../resources/backing-device.js';
import { electionMoves } from '../resources/election.js';
import { presentVnic } from './bound-target.js';
import type { PlannedCommand, Target } from './operation.js';
import { WAIT_MINUTES } from './wait-time.js';

/**
 * The step that switches automatic failover on or off. `devices` are the vNIC's devices as they will be by then: when
 * another one than the active has the lowest number, switching on moves the vNIC.
 */
export function switchAutomaticFailover(
  snapshot: Snapshot<'vnics'>,
  vnic: Vnic,
  autoPriorityFailover: boolean,
  devices: readonly BackingDevice[] = vnic.backingDevices,
): Result<PlannedCommand> {
  const { partition, slot } = vnic;
  const command = setVnic({
    mtms: snapshot.system.mtms,
    partition,
    slot,
    waitMinutes: WAIT_MINUTES,
    autoPriorityFailover,
  });
  return command.ok
    ? ok({ command: command.value, movesActive: autoPriorityFailover && electionMoves(devices) })
    : command;
}

/** The bound vNIC while a plan owes it automatic failover, which one of its own commands has switched off. */
export function vnicToRestore(snapshot: Snapshot<'vnics'>, target: Target): Vnic | undefined {
  const vnic = target.restoreAutoPriorityFailover === true ? presentVnic(snapshot, target) : undefined;
  return vnic?.autoPriorityFailover === true ? undefined : vnic;
}

/**
 * The step that is owed when a job ends before its plan does: a refused command must not leave automatic failover off
 * behind it. Null when nothing is owed.
 */
export function owedRestoration(snapshot: Snapshot<'vnics'>, target: Target): Result<PlannedCommand> | null {
  const vnic = vnicToRestore(snapshot, target);
  return vnic === undefined ? null : switchAutomaticFailover(snapshot, vnic, true);
}
