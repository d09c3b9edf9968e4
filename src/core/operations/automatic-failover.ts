import { setVnic } from '../hmc-language/changes.js';
import { ok, type Result } from '../refusal.js';
import type { Snapshot } from '../resources/snapshot.js';
import type { BackingDevice, Vnic } from '../resources/vnic.js';
import { electionMoves } from './election.js';
import type { PlannedCommand } from './operation.js';
import { WAIT_MINUTES } from './wait-time.js';

/**
 * The step that switches automatic failover on or off, as part of a longer plan. `devices` are the vNIC's devices as
 * they will be by then: when another one than the active has the lowest number, switching on moves the vNIC.
 */
export function switchAutomaticFailover(
  snapshot: Snapshot<'vnics'>,
  vnic: Vnic,
  autoPriorityFailover: boolean,
  devices: readonly BackingDevice[],
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
