import { addBackingDevices, removeBackingDevices, setFailoverPriority } from '../hmc-language/changes.js';
import { ok, type Result } from '../refusal.js';
import { sharedNames } from '../resources/partition.js';
import type { Snapshot } from '../resources/snapshot.js';
import type { Vnic } from '../resources/vnic.js';
import { inputOf } from '../placement/backing-device-request.js';
import { activateStep } from './activate-step.js';
import { switchAutomaticFailover } from './automatic-failover.js';
import type { ChangeStep } from './desired-devices.js';
import { logicalPortWord } from './expected-device.js';
import { withCarriedMaximum } from './maximum-capacity.js';
import type { PlannedCommand } from './operation.js';
import { WAIT_MINUTES } from './wait-time.js';

/** The command of one step on the way to the wished vNIC. */
export function commandOf(
  snapshot: Snapshot<'partitions' | 'vnics'>,
  vnic: Vnic,
  { change, movesActive, before, disruption }: ChangeStep,
  mayDisrupt: boolean,
): Result<PlannedCommand> {
  const { partition, slot } = vnic;
  const address = { mtms: snapshot.system.mtms, partition, slot, sharedNames: sharedNames(snapshot.partitions) };
  // What the HMC refuses without the flag is not known: it is sent where the step takes what should stay, not
  // elsewhere.
  const withWait = { ...address, waitMinutes: WAIT_MINUTES, allowNetworkDisruption: mayDisrupt && disruption > 0 };
  const step = (command: ReturnType<typeof addBackingDevices>): Result<PlannedCommand> =>
    command.ok ? ok({ command: command.value, movesActive }) : command;
  switch (change.kind) {
    case 'add': {
      const { devices, autoPriorityFailover } = change;
      return step(
        addBackingDevices({
          ...withWait,
          backingDevices: withCarriedMaximum(snapshot, devices),
          ...(autoPriorityFailover === null ? {} : { autoPriorityFailover }),
        }),
      );
    }
    case 'remove':
      return step(removeBackingDevices({ ...withWait, backingDevices: change.devices.map(inputOf) }));
    case 'priority': {
      const { device, failoverPriority: priority } = change;
      return step(setFailoverPriority({ ...address, logicalPortId: logicalPortWord(device), priority }));
    }
    case 'activate': {
      const activate = activateStep(snapshot, vnic, change.device);
      return activate.ok ? ok({ ...activate.value, movesActive }) : activate;
    }
    case 'automatic-failover': {
      const switched = switchAutomaticFailover(snapshot, vnic, change.on, before.devices);
      return switched.ok ? ok({ ...switched.value, movesActive }) : switched;
    }
  }
}
