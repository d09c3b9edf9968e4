import { showCommand } from '../hmc-language/quote-word.js';
import { refuse, type Refusal, type Result } from '../refusal.js';
import { isOperational } from '../resources/backing-device.js';
import type { Snapshot } from '../resources/snapshot.js';
import type { Vnic } from '../resources/vnic.js';
import { isEqualDevice } from '../placement/backing-device-request.js';
import {
  devicesInTheEnd,
  operationalCount,
  type ChangeStep,
  type DesiredVnic,
  type VnicState,
} from './desired-devices.js';
import type { Target } from './operation.js';
import { commandOf } from './vnic-set-command.js';

/** min(before, after) − 1 operational devices, never none; nothing is to be kept where none is operational. */
export function leastToKeep(from: VnicState, desired: DesiredVnic): number {
  const before = operationalCount(from.devices);
  const inTheEnd = operationalCount(devicesInTheEnd(from, desired));
  return before === 0 ? 0 : Math.max(1, Math.min(before, inTheEnd) - 1);
}

/** There is no careful way: names the first step of the least disruptive one that takes too much. */
export function networkDisruption(
  snapshot: Snapshot<'partitions' | 'vnics'>,
  vnic: Vnic,
  step: ChangeStep,
  { least, settling }: { readonly least: number; readonly settling: boolean },
): Result<never> {
  const command = commandOf(snapshot, vnic, step, false);
  if (!command.ok) return command;
  const line = showCommand(command.value.command);
  const left = operationalCount(step.after.devices);
  return refuse({
    type: 'network-disruption',
    detail:
      `The step ${line} would leave ${left} operational ${left === 1 ? 'device' : 'devices'} of the vNIC; ` +
      `${least} must stay${left >= least ? ', and the active one would be taken away with no other to go to' : ''}. ` +
      'Go there in smaller steps, add a device first, or allow it with allowNetworkDisruption: true.',
    members: { step: line, operationalDevices: left, leastOperationalDevices: least },
    settling,
  });
}

/** Who carries the traffic of a partition that runs must be known before one of its devices goes. It may be soon. */
export function activeNotTold(snapshot: Snapshot<'partitions' | 'vnics'>, vnic: Vnic, step: ChangeStep): Result<never> {
  const command = commandOf(snapshot, vnic, step, false);
  if (!command.ok) return command;
  const line = showCommand(command.value.command);
  return refuse({
    type: 'network-disruption',
    detail:
      `The HMC does not tell which device of the vNIC is active, nor which are operational, so the step ${line} might cut ` +
      'the partition off. Try again when it tells them, or allow it with allowNetworkDisruption: true.',
    members: { step: line },
    settling: true,
  });
}

/** Whether a device that this job has made is not operational yet, and nothing is known that would keep it from it. */
export function isComingUp({ backingDevices }: Vnic, { newDevices = [] }: Target): boolean {
  return newDevices.some(
    (made) =>
      made.operational !== false &&
      backingDevices.some((one) => isEqualDevice(one, made) && one.status !== null && !isOperational(one)),
  );
}

/** The only device would have to go before it can come back. */
export function lastDevice({ backingDevices: [only] }: Vnic): Refusal {
  return {
    type: 'last-backing-device',
    pointer: '/backingDevices',
    detail: `Device ${only?.logicalPortId ?? ''} is the only backing device and would have to be taken away before it can be made anew on its own port. Add a device on another port to the list first, or delete the vNIC and create it again.`,
  };
}
