import { ok, refuse, type Result } from '../refusal.js';
import { maximumOf } from '../resources/backing-device.js';
import type { Snapshot } from '../resources/snapshot.js';
import type { Vnic } from '../resources/vnic.js';
import { inputOf } from '../placement/backing-device-request.js';
import { isOnSamePort } from '../resources/port-address.js';
import { electionMoves, isUntold } from '../resources/election.js';
import { deadPortWarnings } from './dead-ports.js';
import { missingDevices, replacedInPlace, wayTo, type DesiredVnic, type VnicState } from './desired-devices.js';
import { lostMaximumWarning, notComparedWarnings, withWarnings } from './maximum-capacity.js';
import type { Plan, Target } from './operation.js';
import { isShutOff, partitionStateRefusal } from './partition-state.js';
import { planOf } from './plan-of.js';
import type { VnicSetRequest } from './requests.js';
import { rmcWarnings } from './server-state.js';
import { attributesRefusal, fixedAttributeRefusal } from './vnic-attributes.js';
import { decideDevices } from './wished-devices.js';
import { commandOf } from './vnic-set-command.js';
import { decidedTarget } from './vnic-set-decisions.js';
import { leastToKeep, networkDisruption, activeNotTold, isComingUp, lastDevice } from './vnic-set-disruption.js';
import { missingRefusal, noRoomBeside, tightAdapters, type Reading } from './vnic-set-room.js';

/** The fewest commands from the vNIC as it is to the one that is wished, or why there is no way. */
export function planChange(snapshot: Reading, vnic: Vnic, target: Target, request: VnicSetRequest): Result<Plan> {
  const broken = attributesRefusal(request) ?? fixedAttributeRefusal(vnic, request);
  if (broken !== null) return refuse(broken);
  const decided = decideDevices(snapshot, vnic, target, request);
  if (!decided.ok) return decided;
  const from = stateOf(snapshot, vnic, request);
  const isOff = isShutOff(snapshot, vnic.partition.id);
  const wasOn = from.autoPriorityFailover || target.restoreAutoPriorityFailover === true;
  const asked: DesiredVnic = {
    devices: decided.value ?? from.devices.map((one) => ({ request: inputOf(one), input: inputOf(one) })),
    autoPriorityFailover: request.autoPriorityFailover ?? wasOn,
    hasActive: target.owesActiveDevice === true || from.devices.some(({ active }) => active === true),
  };
  const desired = { ...asked, adapterRoom: target.adapterRoom ?? tightAdapters(snapshot, vnic, from, asked) };
  // What is shut off carries nothing. That is not kept: the partition may be activated on the way.
  const least = target.leastOperationalDevices ?? (isOff ? 0 : leastToKeep(from, desired));
  const missing = missingRefusal(snapshot, vnic, from, desired);
  if (missing !== null) return refuse(missing);
  const way = wayTo(desired, from, least);
  if (way === null) return refuse(noRoomBeside(snapshot, vnic, from, desired) ?? lastDevice(vnic));
  const unfit = way.some(({ change }) => change.kind === 'add' || change.kind === 'remove')
    ? partitionStateRefusal(snapshot, vnic.partition.id)
    : null;
  if (unfit !== null) return refuse(unfit);
  const taking = way.find(({ change }) => change.kind === 'remove');
  if (taking !== undefined && !isOff && isUntold(from.devices) && request.allowNetworkDisruption !== true) {
    return activeNotTold(snapshot, vnic, taking);
  }
  const disturbing = way.find(({ disruption }) => disruption > 0);
  // Where none is operational there is nothing to disturb.
  if (disturbing !== undefined && least > 0 && request.allowNetworkDisruption !== true) {
    return networkDisruption(snapshot, vnic, disturbing, { least, settling: isComingUp(vnic, target) });
  }
  const planned = planOf(
    way.map((step) => commandOf(snapshot, vnic, step, request.allowNetworkDisruption === true)),
    decidedTarget(target, from, desired, way, { least: isOff ? undefined : least, wasOn }),
  );
  if (!planned.ok) return planned;
  // Our commands may have made the election that is due: what is left once it has taken place may be less.
  const isElecting = way.length > 0 && !isOff && vnic.autoPriorityFailover === true && electionMoves(from.devices);
  const rmc = rmcWarnings(snapshot, vnic.partition.id, missingDevices(from, desired));
  const settling = isElecting || rmc.length > 0;
  const warnings = [
    ...notComparedWarnings(snapshot, vnic, request.backingDevices ?? [], target.newDevices),
    ...lostMaxima(snapshot, from, desired),
    ...rmc,
    ...deadPortWarnings(snapshot, missingDevices(from, desired)),
  ];
  return ok(withWarnings(settling ? { ...planned.value, settling } : planned.value, warnings));
}

/** Devices that are made anew and whose maximum neither the request nor the HMC tells. */
function lostMaxima({ hmcId }: Reading, from: VnicState, desired: DesiredVnic): readonly string[] {
  return replacedInPlace(from, desired)
    .filter((device) => maximumOf(device) === null)
    .filter((device) =>
      desired.devices.some(({ input }) => isOnSamePort(input, device) && input.maxCapacity === undefined),
    )
    .map((device) => lostMaximumWarning(hmcId, device));
}

/**
 * The vNIC as planning sees it. Automatic failover that the HMC does not tell of counts as the opposite of what is
 * asked for: the command is sent. Asked for nothing, it counts as on. Of a partition that is shut off no device is
 * active and none can become so, though the listing may print a state for each.
 */
export function stateOf(snapshot: Snapshot<'partitions'>, vnic: Vnic, request: VnicSetRequest): VnicState {
  const devices = vnic.backingDevices;
  return {
    devices: isShutOff(snapshot, vnic.partition.id)
      ? devices.map((one) => ({ ...one, active: null, status: null }))
      : devices,
    autoPriorityFailover: vnic.autoPriorityFailover ?? request.autoPriorityFailover !== true,
  };
}
