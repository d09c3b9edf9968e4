import { isOperational, type BackingDevice } from '../resources/backing-device.js';
import { isEqualDevice, MAX_BACKING_DEVICES, type BackingDeviceRequest } from '../placement/backing-device-request.js';
import { isOnSamePort } from '../resources/port-address.js';
import { elected, electionMoves, mayCarryTraffic, withActive } from '../resources/election.js';
import { cheapestWay, type Step } from './cheapest-way.js';
import { expectedDevice } from './expected-device.js';
import type { NewBackingDevice } from './new-backing-device.js';
import type { AdapterRoom } from './operation.js';

/**
 * The way from a vNIC as it is to a vNIC as it is wished: the fewest commands that keep enough devices operational at
 * every step, found by looking at all orders (cheapest-way.ts). Automatic failover is only switched to what it shall be
 * in the end; an activation, which switches it off, is made good where it shall be on.
 *
 * The rest is planned anew after each command. What may come next and what it costs therefore depends on the present
 * state and the wish alone, and on two things that are decided once: how many devices are to stay (`least`), and
 * whether there was an active one to begin with (`hasActive`).
 */

/** The part of a vNIC that changes on the way, as it is or is expected to be after some commands. */
export interface VnicState {
  readonly devices: readonly BackingDevice[];
  readonly autoPriorityFailover: boolean;
}

export interface DesiredVnic {
  readonly devices: readonly DesiredDevice[];
  readonly autoPriorityFailover: boolean;
  /** How many devices an adapter has logical ports for; it has enough where it is not named. */
  readonly adapterRoom?: readonly AdapterRoom[];
  /** Whether the vNIC had an active device, and so is to have one in the end. */
  readonly hasActive: boolean;
}

export interface DesiredDevice {
  readonly request: BackingDeviceRequest;
  /** The same with its Virtual I/O Server found. */
  readonly input: NewBackingDevice;
}

/** One command. */
type VnicChange =
  | {
      readonly kind: 'add';
      readonly devices: readonly NewBackingDevice[];
      /** Switched in the same command. */
      readonly autoPriorityFailover: boolean | null;
    }
  | { readonly kind: 'remove'; readonly devices: readonly BackingDevice[] }
  | { readonly kind: 'priority'; readonly device: BackingDevice; readonly failoverPriority: number }
  | { readonly kind: 'activate'; readonly device: BackingDevice }
  | { readonly kind: 'automatic-failover'; readonly on: boolean };

/** One command on the way, and what it makes of the vNIC. */
export interface ChangeStep extends Step<VnicState> {
  readonly change: VnicChange;
  readonly before: VnicState;
}

/** The highest number: a device that has it loses every election against another number. */
export const LAST_PRIORITY = 100;

/** How many devices can carry traffic. Where no status is told at all (a partition that is off) every device counts. */
export function operationalCount(devices: readonly BackingDevice[]): number {
  return devices.every(({ status }) => status === null) ? devices.length : devices.filter(isOperational).length;
}

/** The devices in the end, those that are not there yet as they are expected to be. */
export function devicesInTheEnd(state: VnicState, { devices }: DesiredVnic): readonly BackingDevice[] {
  return devices.map(
    ({ request, input }) =>
      state.devices.find((one) => isSameButPriority(one, request)) ?? expected(state.devices, input),
  );
}

/** Devices that are there and are to be made anew on their own port, with another capacity or on another server. */
export function replacedInPlace(state: VnicState, { devices }: DesiredVnic): readonly BackingDevice[] {
  return state.devices.filter((one) =>
    devices.some(({ request }) => isOnSamePort(one, request) && !isSameButPriority(one, request)),
  );
}

/** Those of the desired devices that are not there, and their places in the request. */
export function missingDevices(
  state: VnicState,
  { devices }: DesiredVnic,
): readonly { readonly device: NewBackingDevice; readonly index: number }[] {
  return devices.flatMap(({ request, input }, index) =>
    state.devices.some((one) => isSameButPriority(one, request)) ? [] : [{ device: input, index }],
  );
}

/** Whether a step raises the number of a device only to send the traffic away before that device goes. */
export function isDemotion(change: VnicChange, { devices }: DesiredVnic): boolean {
  return change.kind === 'priority' && !devices.some(({ request }) => isSameButPriority(change.device, request));
}

/** Whether nothing is left to do. */
export function isReached(state: VnicState, desired: DesiredVnic): boolean {
  return (
    state.autoPriorityFailover === desired.autoPriorityFailover &&
    state.devices.length === desired.devices.length &&
    desired.devices.every(({ request }) => state.devices.some((one) => isEqualDevice(one, request))) &&
    !(desired.hasActive && isForsaken(state))
  );
}

/**
 * Whether no device carries the traffic though one could, and automatic failover, which would elect one, is off. What
 * the hypervisor does then is not known (INFERRED: it may take one by itself, or wait to be told), so an activation is
 * planned, and left out where the readback shows that it was not needed.
 */
export function isForsaken({ devices, autoPriorityFailover }: VnicState): boolean {
  return !autoPriorityFailover && devices.every(({ active }) => active === false) && devices.some(isOperational);
}

/** What steps keep to: so many operational devices, and the active one; or less, where that may be. */
interface Care {
  readonly least: number;
  readonly mayDisturb: boolean;
}

/**
 * The way that disturbs the network least: not at all, if there is such a one; else as few devices as can be are
 * missing, for as few steps as can be. Null when there is none. `least`: so many operational devices should stay.
 */
export function wayTo(desired: DesiredVnic, from: VnicState, least: number): readonly ChangeStep[] | null {
  const find = (care: Care): readonly ChangeStep[] | null =>
    cheapestWay<VnicState, ChangeStep>({
      start: { ...from, devices: inOrder(from.devices) },
      isReached: (state) => isReached(state, desired),
      stepsFrom: (before) => changesFrom(before, desired, care).map((change) => stepOf(before, change, care)),
      fewestLeft: (state) => fewestLeft(state, desired, care),
      keyOf,
    });
  // There are many ways that disturb: they are only looked at where there is no other.
  return find({ least, mayDisturb: false }) ?? find({ least, mayDisturb: true });
}

function stepOf(before: VnicState, change: VnicChange, care: Care): ChangeStep {
  const after = stateAfter(before, change);
  return {
    change,
    disruption: change.kind === 'remove' ? disruptionOf(before, change.devices, care) : 0,
    // Where nobody carries the traffic the hypervisor may take one with any step.
    movesActive: activeId(before) !== activeId(after) || isForsaken(after),
    name: nameOf(change),
    before,
    after,
  };
}

/** A step that leaves one device fewer is worse than several that leave one more; one that takes the active, worst. */
function disruptionOf({ devices }: VnicState, removed: readonly BackingDevice[], { least }: Care): number {
  if (removed.some(({ active }) => active === true)) return WORSE ** (least + 1);
  const left = operationalCount(without(devices, removed));
  return left < least && left < operationalCount(devices) ? WORSE ** (least - left) : 0;
}

const WORSE = 20;

/**
 * How many commands are left at least: one for each number that changes, and so many additions and removals as there is
 * room for. As long as nothing is disturbed the operational devices do not become fewer than they are to be, or than
 * they are if that is less; additions share what is left of the six places, removals what is above.
 */
function fewestLeft(state: VnicState, desired: DesiredVnic, { least, mayDisturb }: Care): number {
  const leaving = leavingDevices(state, desired);
  const missing = missingDevices(state, desired).length;
  const numbers = state.devices.filter((one) => numberToBe(one, desired) !== null).length;
  if (mayDisturb) return numbers + Math.min(1, missing) + Math.min(1, leaving.length);
  const fewest = Math.min(least, operationalCount(state.devices));
  const additions = Math.ceil(missing / Math.max(1, MAX_BACKING_DEVICES - fewest));
  const removals = Math.ceil(leaving.filter(isOperational).length / Math.max(1, MAX_BACKING_DEVICES - least));
  return numbers + additions + Math.max(removals, Math.min(1, leaving.length));
}

/** The devices that are not wished for, or not as they are. */
export function leavingDevices({ devices }: VnicState, desired: DesiredVnic): readonly BackingDevice[] {
  return devices.filter((one) => !desired.devices.some(({ request }) => isSameButPriority(one, request)));
}

/** The priority that a device that stays is to get, null when it has it. */
function numberToBe(device: BackingDevice, desired: DesiredVnic): number | null {
  const wish = desired.devices.find(({ request }) => isSameButPriority(device, request))?.request.failoverPriority;
  return wish === undefined || wish === device.failoverPriority ? null : wish;
}

/** Every command that may lead on from here. */
function changesFrom(state: VnicState, desired: DesiredVnic, care: Care): readonly VnicChange[] {
  const { devices, autoPriorityFailover } = state;
  const changes: VnicChange[] = [];
  const leaving = leavingDevices(state, desired);
  const active = devices.find((one) => one.active === true);
  const switches = autoPriorityFailover !== desired.autoPriorityFailover;

  const addable = withinRoom(
    missingDevices(state, desired)
      .map(({ device }) => device)
      .filter((device) => !devices.some((one) => isOnSamePort(one, device))),
    devices,
    desired,
  ).slice(0, MAX_BACKING_DEVICES - devices.length);
  if (addable.length > 0) {
    changes.push({ kind: 'add', devices: addable, autoPriorityFailover: null });
    if (switches) {
      changes.push({ kind: 'add', devices: addable, autoPriorityFailover: desired.autoPriorityFailover });
    }
  }
  for (const device of devices) {
    const failoverPriority = numberToBe(device, desired);
    if (failoverPriority !== null) {
      changes.push({ kind: 'priority', device, failoverPriority });
    }
  }
  if (switches) {
    changes.push({ kind: 'automatic-failover', on: desired.autoPriorityFailover });
  }
  const goesAway = active !== undefined && leaving.includes(active);
  if (goesAway && autoPriorityFailover && active.failoverPriority !== LAST_PRIORITY) {
    // With automatic failover on, the highest number sends the traffic away without switching it off.
    changes.push({ kind: 'priority', device: active, failoverPriority: LAST_PRIORITY });
  }
  if (goesAway || isForsaken(state)) {
    const heirs = devices.filter((one) => one !== active && mayCarryTraffic(one));
    const lasting = without(heirs, leaving);
    for (const device of lasting.length > 0 ? lasting : heirs) {
      changes.push({ kind: 'activate', device });
    }
  }
  // As many as can go at once; or only of those that make room for themselves, or only of the others, so that the rest
  // can wait and go in one command later.
  const inPlace = replacedInPlace(state, desired);
  const isMixed = inPlace.length > 0 && inPlace.length < leaving.length;
  for (const pool of isMixed ? [leaving, inPlace, without(leaving, inPlace)] : [leaving]) {
    changes.push(...removals(state, pool, care));
  }
  return changes;
}

/** As many of them, in their order, as the adapters have logical ports for beside the devices that are there. */
function withinRoom(
  missing: readonly NewBackingDevice[],
  devices: readonly BackingDevice[],
  { adapterRoom = [] }: DesiredVnic,
): readonly NewBackingDevice[] {
  return missing.filter(({ adapterId }, at) => {
    const room = adapterRoom.find((one) => one.adapterId === adapterId)?.devices ?? Infinity;
    const before = [...devices, ...missing.slice(0, at)].filter((one) => one.adapterId === adapterId).length;
    return before < room;
  });
}

function without<T>(all: readonly T[], others: readonly T[]): readonly T[] {
  return all.filter((one) => !others.includes(one));
}

/** The largest sets that can go at once without disturbing the network; and all that disturb it, where that may be. */
function removals(state: VnicState, pool: readonly BackingDevice[], care: Care): readonly VnicChange[] {
  const sets = subsets(pool).filter((set) => set.length > 0 && set.length < state.devices.length);
  const careful = sets.filter((set) => disruptionOf(state, set, care) === 0);
  const most = Math.max(...careful.map((set) => set.length));
  const taken = care.mayDisturb ? without(sets, careful) : [];
  return [...careful.filter((set) => set.length === most), ...taken].map((devices) => ({ kind: 'remove', devices }));
}

function subsets<T>(items: readonly T[]): readonly (readonly T[])[] {
  return items.reduce<readonly (readonly T[])[]>((sets, one) => [...sets, ...sets.map((set) => [...set, one])], [[]]);
}

/** What the HMC and its hypervisor make of a command. */
function stateAfter({ devices, autoPriorityFailover }: VnicState, change: VnicChange): VnicState {
  switch (change.kind) {
    case 'add': {
      const added = change.devices.map((input) => expected(devices, input));
      return settled({
        devices: inOrder([...devices, ...added]),
        autoPriorityFailover: change.autoPriorityFailover ?? autoPriorityFailover,
      });
    }
    case 'remove':
      return settled({ devices: without(devices, change.devices), autoPriorityFailover });
    case 'priority': {
      const { device, failoverPriority } = change;
      return settled({
        devices: devices.map((one) => (one === device ? { ...one, failoverPriority } : one)),
        autoPriorityFailover,
      });
    }
    case 'activate':
      return { devices: withActive(devices, change.device.logicalPortId), autoPriorityFailover: false };
    case 'automatic-failover':
      return settled({ devices, autoPriorityFailover: change.on });
  }
}

/**
 * With automatic failover on, the hypervisor goes to the lowest number. With it off it stays where it is, and where the
 * active device is taken away nobody is sure to be active. Where nobody is because the partition is off, nobody becomes
 * so.
 */
function settled(state: VnicState): VnicState {
  const { devices, autoPriorityFailover } = state;
  const isOff = devices.every((one) => one.active === null);
  const winner = elected(devices);
  return isOff || winner === null || !autoPriorityFailover || !electionMoves(devices)
    ? state
    : { ...state, devices: withActive(devices, winner.logicalPortId) };
}

/** A new device beside these: as little known of as they are, where the partition is off. */
function expected(devices: readonly BackingDevice[], input: NewBackingDevice): BackingDevice {
  const device = expectedDevice(input);
  return {
    ...device,
    active: devices.every(({ active }) => active === null) ? null : device.active,
    status: devices.every(({ status }) => status === null) ? null : device.status,
  };
}

/** Whether a device can stay as it is, but for its number, which a command changes. */
export function isSameButPriority(device: BackingDevice, request: BackingDeviceRequest): boolean {
  return isEqualDevice(device, { ...request, failoverPriority: undefined });
}

function activeId({ devices }: VnicState): string | undefined {
  return devices.find((one) => one.active === true)?.logicalPortId;
}

/**
 * Says in which order two commands come when both orders are as good: what helps first, what takes away last;
 * activating the lowest number, removing the highest.
 */
function nameOf(change: VnicChange): string {
  const digits = (number: number): string => String(number).padStart(5, '0');
  const port = ({ adapterId, physicalPortId }: { adapterId: number; physicalPortId: number }): string =>
    `${digits(adapterId)}/${digits(physicalPortId)}`;
  switch (change.kind) {
    case 'add':
      return `1 ${change.devices.map(port).join()} ${String(change.autoPriorityFailover)}`;
    case 'priority':
      return `2 ${port(change.device)} ${change.failoverPriority}`;
    case 'activate':
      return `3 ${digits(change.device.failoverPriority)} ${port(change.device)}`;
    case 'automatic-failover':
      return `4 ${change.on}`;
    case 'remove': {
      const each = change.devices.map((one) => `${digits(LAST_PRIORITY - one.failoverPriority)} ${port(one)}`);
      return `5 ${each.join()}`;
    }
  }
}

/** Equal for equal states: the id of a device stands for all of it that no command changes. */
function keyOf({ devices, autoPriorityFailover }: VnicState): string {
  const each = devices.map((one) => `${one.logicalPortId} ${one.failoverPriority} ${one.active}`);
  return `${autoPriorityFailover}/${each.join('/')}`;
}

/** By port, so that nothing depends on the order in which the HMC lists them, or on the way that led here. */
function inOrder(devices: readonly BackingDevice[]): readonly BackingDevice[] {
  return [...devices].sort((a, b) => a.adapterId - b.adapterId || a.physicalPortId - b.physicalPortId);
}
