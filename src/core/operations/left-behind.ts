import type { Snapshot } from '../resources/snapshot.js';
import { owedRestoration } from './automatic-failover.js';
import { vnicInSlot } from './bound-target.js';
import { leftDemoted } from './demoted-devices.js';
import { leftRemoved } from './replaced-devices.js';
import type { Target } from './operation.js';

/**
 * The warnings of a job that ends half way: what it leaves behind that nobody would look for. Without a reading (null)
 * all that its commands may have done.
 */
export function leftBehind(snapshot: Snapshot | null, target: Target): readonly string[] {
  const owes =
    snapshot === null ? target.restoreAutoPriorityFailover === true : owedRestoration(snapshot, target) !== null;
  return [
    ...(owes ? [failoverLeftOff(snapshot !== null)] : []),
    ...leftDemoted(snapshot, target),
    ...leftRemoved(snapshot, target),
  ];
}

/**
 * The warning of a job that has ended well although a part of its plan may be lost, as after a failover of Redis: the wish
 * may be there and what the plan owed after it not.
 */
export function maybeLeftBehind(snapshot: Snapshot<'vnics'>, target: Target): readonly string[] {
  if (target.slot === undefined || vnicInSlot(snapshot, target)?.autoPriorityFailover !== false) return [];
  return [
    'Redis failed over while this job was at work, and automatic failover of this vNIC is off now. If a command of the job ' +
      'switched it off, the one that was to switch it on again may be lost: look whether it should be on.',
  ];
}

const failoverLeftOff = (isSeen: boolean): string =>
  `Automatic failover of this vNIC ${isSeen ? 'is' : 'may be'} off: a command of this job switched it off, and the job ` +
  'could not switch it on again. Switch it on (PATCH autoPriorityFailover) as soon as the cause is mended.';
