import { activateBackingDevice } from '../hmc-language/changes.js';
import { ok, type Result } from '../refusal.js';
import { sharedNames } from '../resources/partition.js';
import type { Snapshot, SnapshotParts } from '../resources/snapshot.js';
import type { Vnic } from '../resources/vnic.js';
import type { BackingDevice } from '../resources/backing-device.js';
import { logicalPortWord } from './expected-device.js';
import type { PlannedCommand } from './operation.js';

/** The step that moves a vNIC to one device; it switches automatic failover off (hmc-cli.md §1.3, SEED). */
export function activateStep(
  snapshot: Snapshot<'vnics'> & Partial<Pick<SnapshotParts, 'partitions'>>,
  vnic: Vnic,
  device: BackingDevice,
): Result<PlannedCommand> {
  const { partition, slot } = vnic;
  const logicalPortId = logicalPortWord(device);
  const command = activateBackingDevice({
    mtms: snapshot.system.mtms,
    partition,
    slot,
    sharedNames: sharedNames(snapshot.partitions ?? []),
    logicalPortId,
  });
  return command.ok ? ok({ command: command.value, movesActive: true }) : command;
}
