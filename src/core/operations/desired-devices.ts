import type { BackingDeviceInput } from '../hmc-language/backing-device-notation.js';
import { isOperational } from '../resources/failover-view.js';
import type { BackingDevice } from '../resources/vnic.js';
import { isEqualDevice, isOnSamePort, MAX_BACKING_DEVICES } from './backing-device-request.js';
import { elected, electionMoves, mayCarryTraffic, withActive } from './election.js';
import { expectedDevice } from './expected-device.js';
import type { BackingDeviceRequest } from './requests.js';

/**
 * The way from a vNIC as it is to a vNIC as it is wished: the fewest commands that keep enough devices operational at
 * every step. Found by looking at all orders, one more command at a time. Automatic failover is only switched to what it
 * shall be in the end; an activation, which switches it off, is made good where it shall be on.
 */

/** The part of a vNIC that changes on the way, as it is or is expected to be after some commands. */
export interface VnicState {
  readonly devices: readonly BackingDevice[];
  readonly autoPriorityFailover: boolean;
}

export interface DesiredVnic {
  readonly devices: readonly DesiredDevice[];
  readonly autoPriorityFailover: boolean;
}

export interface DesiredDevice {
  readonly request: BackingDeviceRequest;
  /** The same with its Virtual I/O Server found. */
  readonly input: BackingDeviceInput;
}

/** One command. */
export type VnicChange =
  | {
      readonly kind: 'add';
      readonly devices: readonly BackingDeviceInput[];
      /** Switched in the same command. */
      readonly autoPriorityFailover: boolean | null;
    }
  | { readonly kind: 'remove'; readonly devices: readonly BackingDevice[] }
  | { readonly kind: 'priority'; readonly device: BackingDevice; readonly failoverPriority: number }
  | { readonly kind: 'activate'; readonly device: BackingDevice }
  | { readonly kind: 'automatic-failover'; readonly on: boolean };

export interface ChangeStep {
  readonly change: VnicChange;
  readonly movesActive: boolean;
  readonly before: VnicState;
  readonly after: VnicState;
}

/** What every step keeps to. */
export interface Care {
  /** No step takes an operational device away when fewer than these would be left. */
  readonly leastOperational: number;
  /** Whether a device may be taken away while it is the active one. */
  readonly mayTakeActive: boolean;
}

/** The highest number: a device that has it loses every election against another number. */
const LAST_PRIORITY = 100;

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
): readonly { readonly device: BackingDeviceInput; readonly index: number }[] {
  return devices.flatMap(({ request, input }, index) =>
    state.devices.some((one) => isSameButPriority(one, request)) ? [] : [{ device: input, index }],
  );
}

/** Whether nothing is left to do. */
export function isReached(state: VnicState, desired: DesiredVnic): boolean {
  return (
    state.autoPriorityFailover === desired.autoPriorityFailover &&
    state.devices.length === desired.devices.length &&
    desired.devices.every(({ request }) => state.devices.some((one) => isEqualDevice(one, request)))
  );
}

/** A way that has been found, with what it is compared by. */
interface Way {
  readonly state: VnicState;
  readonly steps: readonly ChangeStep[];
  readonly moves: number;
  readonly names: readonly string[];
}

/**
 * The shortest way that keeps to the care; of several the one that moves the active device least often, then a fixed one,
 * so that what is left of it is found again from half way. Null when there is none.
 */
export function shortestWay(from: VnicState, desired: DesiredVnic, care: Care): readonly ChangeStep[] | null {
  let layer: readonly Way[] = [{ state: from, steps: [], moves: 0, names: [] }];
  const seen = new Set([keyOf(from)]);
  while (layer.length > 0) {
    const arrived = layer.filter(({ state }) => isReached(state, desired));
    if (arrived.length > 0) {
      return arrived.reduce((best, way) => (isBetter(way, best) ? way : best)).steps;
    }
    const next = new Map<string, Way>();
    for (const way of layer) {
      for (const change of changesFrom(way.state, desired, care)) {
        const state = after(way.state, change);
        const key = keyOf(state);
        if (seen.has(key)) {
          continue;
        }
        const movesActive = activeId(way.state) !== activeId(state);
        const longer: Way = {
          state,
          steps: [...way.steps, { change, movesActive, before: way.state, after: state }],
          moves: way.moves + (movesActive ? 1 : 0),
          names: [...way.names, nameOf(change)],
        };
        const other = next.get(key);
        if (other === undefined || isBetter(longer, other)) {
          next.set(key, longer);
        }
      }
    }
    for (const key of next.keys()) {
      seen.add(key);
    }
    layer = [...next.values()];
  }
  return null;
}

/** Every command that may lead on from here. */
function changesFrom(state: VnicState, desired: DesiredVnic, care: Care): readonly VnicChange[] {
  const { devices, autoPriorityFailover } = state;
  const changes: VnicChange[] = [];
  const leaving = devices.filter((one) => !desired.devices.some(({ request }) => isSameButPriority(one, request)));
  const active = devices.find((one) => one.active === true);
  const switches = autoPriorityFailover !== desired.autoPriorityFailover;

  const addable = missingDevices(state, desired)
    .map(({ device }) => device)
    .filter((device) => !devices.some((one) => isOnSamePort(one, device)))
    .slice(0, MAX_BACKING_DEVICES - devices.length);
  if (addable.length > 0) {
    changes.push({ kind: 'add', devices: addable, autoPriorityFailover: null });
    if (switches) {
      changes.push({ kind: 'add', devices: addable, autoPriorityFailover: desired.autoPriorityFailover });
    }
  }
  for (const device of devices) {
    const wish = desired.devices.find(({ request }) => isSameButPriority(device, request))?.request.failoverPriority;
    if (wish !== undefined && wish !== device.failoverPriority) {
      changes.push({ kind: 'priority', device, failoverPriority: wish });
    }
  }
  if (switches) {
    changes.push({ kind: 'automatic-failover', on: desired.autoPriorityFailover });
  }
  if (active !== undefined && leaving.includes(active)) {
    // With automatic failover on, the highest number sends the traffic away without switching it off.
    if (autoPriorityFailover && active.failoverPriority !== LAST_PRIORITY) {
      changes.push({ kind: 'priority', device: active, failoverPriority: LAST_PRIORITY });
    }
    const best = elected(staying(devices, leaving).map((one) => ({ ...one, active: false })));
    const heir = devices.find((one) => one.logicalPortId === best?.logicalPortId);
    if (heir !== undefined && mayCarryTraffic(heir)) {
      changes.push({ kind: 'activate', device: heir });
    }
  }
  // All that can go at once; or only those that make room for themselves, or only the others, so that the rest can wait
  // and go in one command later.
  const removable = care.mayTakeActive ? leaving : leaving.filter((one) => one !== active);
  const inPlace = replacedInPlace(state, desired);
  const pools = [
    removable,
    removable.filter((one) => inPlace.includes(one)),
    removable.filter((one) => !inPlace.includes(one)),
  ];
  for (const pool of pools) {
    const most = largestRemoval(devices, pool, care);
    if (most.length > 0) {
      changes.push({ kind: 'remove', devices: most });
    }
  }
  return changes;
}

function staying(devices: readonly BackingDevice[], leaving: readonly BackingDevice[]): readonly BackingDevice[] {
  return devices.filter((one) => !leaving.includes(one));
}

/** As many as can go at once: first those that carry no traffic anyway, then the highest numbers; the active one last. */
function largestRemoval(
  devices: readonly BackingDevice[],
  removable: readonly BackingDevice[],
  { leastOperational }: Care,
): readonly BackingDevice[] {
  const inOrder = [...removable].sort(
    (a, b) =>
      Number(a.active === true) - Number(b.active === true) ||
      Number(isOperational(a)) - Number(isOperational(b)) ||
      b.failoverPriority - a.failoverPriority ||
      a.adapterId - b.adapterId ||
      a.physicalPortId - b.physicalPortId,
  );
  const now = operationalCount(devices);
  for (let count = inOrder.length; count > 0; count -= 1) {
    const going = inOrder.slice(0, count);
    const left = staying(devices, going);
    const operational = operationalCount(left);
    if (left.length > 0 && (operational >= leastOperational || operational >= now)) {
      return going;
    }
  }
  return [];
}

/** What the HMC and its hypervisor make of a command. */
function after({ devices, autoPriorityFailover }: VnicState, change: VnicChange): VnicState {
  switch (change.kind) {
    case 'add': {
      const added = change.devices.map((input) => expected(devices, input));
      return settled({
        devices: [...devices, ...added],
        autoPriorityFailover: change.autoPriorityFailover ?? autoPriorityFailover,
      });
    }
    case 'remove':
      return settled({ devices: staying(devices, change.devices), autoPriorityFailover });
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
 * With automatic failover on, the hypervisor goes to the lowest number. With it off it stays where it is; that it takes
 * another device when the active one is taken away is INFERRED. Where nobody is active (the partition is off), nobody is.
 */
function settled(state: VnicState): VnicState {
  const { devices, autoPriorityFailover } = state;
  const isOff = devices.every((one) => one.active === null);
  const hasActive = devices.some((one) => one.active === true);
  const winner = elected(devices);
  if (isOff || winner === null || (hasActive && !(autoPriorityFailover && electionMoves(devices)))) {
    return state;
  }
  return { ...state, devices: withActive(devices, winner.logicalPortId) };
}

/** A new device beside these: as little known of as they are, where the partition is off. */
function expected(devices: readonly BackingDevice[], input: BackingDeviceInput): BackingDevice {
  const device = expectedDevice(input);
  return devices.every(({ status, active }) => status === null && active === null)
    ? { ...device, active: null, status: null }
    : device;
}

function isSameButPriority(device: BackingDevice, request: BackingDeviceRequest): boolean {
  return isEqualDevice(device, { ...request, failoverPriority: undefined });
}

function activeId({ devices }: VnicState): string | undefined {
  return devices.find((one) => one.active === true)?.logicalPortId;
}

function isBetter(a: Way, b: Way): boolean {
  if (a.moves !== b.moves) {
    return a.moves < b.moves;
  }
  const at = a.names.findIndex((name, i) => name !== b.names[i]);
  return at >= 0 && (a.names[at] ?? '') < (b.names[at] ?? '');
}

/** Says in which order two commands come when both orders are as good: what helps first, what takes away last. */
function nameOf(change: VnicChange): string {
  const port = ({ adapterId, physicalPortId }: { adapterId: number; physicalPortId: number }): string =>
    `${String(adapterId).padStart(5, '0')}/${String(physicalPortId).padStart(5, '0')}`;
  switch (change.kind) {
    case 'add':
      return `1 ${change.devices.map(port).join()} ${String(change.autoPriorityFailover)}`;
    case 'priority':
      return `2 ${port(change.device)} ${change.failoverPriority}`;
    case 'activate':
      return `3 ${port(change.device)}`;
    case 'automatic-failover':
      return `4 ${change.on}`;
    case 'remove':
      return `5 ${change.devices.map(port).join()}`;
  }
}

function keyOf({ devices, autoPriorityFailover }: VnicState): string {
  const rows = devices.map((one) => [
    [one.adapterId, one.physicalPortId, one.virtualIoServer.id, one.desiredCapacity, one.desiredMaxCapacity],
    [one.failoverPriority, one.active, one.status],
  ]);
  return JSON.stringify([autoPriorityFailover, rows.map((row) => JSON.stringify(row)).sort()]);
}
