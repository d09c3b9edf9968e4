import { isOnSamePort } from '../resources/port-address.js';
import {
  isDemotion,
  missingDevices,
  replacedInPlace,
  type ChangeStep,
  type DesiredVnic,
  type VnicState,
} from './desired-devices.js';
import type { Target } from './operation.js';
import { replacedDevice } from './replaced-devices.js';

/** The target with what the rest of this way has to know; `least` is not given where it is not to be kept. */
export function decidedTarget(
  target: Target,
  from: VnicState,
  desired: DesiredVnic,
  way: readonly ChangeStep[],
  { least, wasOn }: { readonly least: number | undefined; readonly wasOn: boolean },
): Target {
  if (way.length === 0) return target;
  const restores = desired.autoPriorityFailover && way.some(({ change }) => change.kind === 'activate');
  const takesActive = way.some(({ change }) => change.kind === 'remove' && change.devices.some(({ active }) => active));
  return {
    ...target,
    ...(least === undefined ? {} : { leastOperationalDevices: least }),
    ...(desired.adapterRoom === undefined || desired.adapterRoom.length === 0
      ? {}
      : { adapterRoom: desired.adapterRoom }),
    ...(restores && wasOn ? { restoreAutoPriorityFailover: true } : {}),
    ...(takesActive ? { owesActiveDevice: true } : {}),
    ...decisions(target, from, desired, way[0]),
  };
}

/**
 * What is remembered of the devices that are on their way: those to be made, those that are made anew as they were, and
 * those whose number is about to be raised.
 */
function decisions(
  { newDevices = [], demotedDevices = [], replacedDevices = [] }: Target,
  from: VnicState,
  desired: DesiredVnic,
  next: ChangeStep | undefined,
): Pick<Target, 'newDevices' | 'demotedDevices' | 'replacedDevices'> {
  const missing = missingDevices(from, desired);
  const more = missing.flatMap(({ device }) => (newDevices.some((one) => isOnSamePort(one, device)) ? [] : [device]));
  const made = [...newDevices, ...more];
  const replacedNow = replacedInPlace(from, desired).filter(
    (device) => !replacedDevices.some((one) => isOnSamePort(one, device)),
  );
  const replaced = [...replacedDevices, ...replacedNow.map(replacedDevice)];
  const demotes = next?.change.kind === 'priority' && isDemotion(next.change, desired) ? next.change.device : null;
  const isKnown = demotedDevices.some(({ logicalPortId }) => logicalPortId === demotes?.logicalPortId);
  const demoted =
    demotes === null || isKnown
      ? demotedDevices
      : [...demotedDevices, { logicalPortId: demotes.logicalPortId, failoverPriority: demotes.failoverPriority }];
  return {
    ...(made.length === 0 ? {} : { newDevices: made }),
    ...(demoted.length === 0 ? {} : { demotedDevices: demoted }),
    ...(replaced.length === 0 ? {} : { replacedDevices: replaced }),
  };
}
