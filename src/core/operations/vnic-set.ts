import { addBackingDevices, removeBackingDevices, setFailoverPriority } from '../hmc-language/changes.js';
import { showCommand } from '../hmc-language/quote-word.js';
import { ok, refuse, type Refusal, type Result } from '../refusal.js';
import { isOperational, maximumOf, type BackingDevice } from '../resources/backing-device.js';
import { logicalPortsInUse } from '../resources/logical-ports-in-use.js';
import { sharedNames } from '../resources/partition.js';
import type { Snapshot, SnapshotParts } from '../resources/snapshot.js';
import type { Vnic } from '../resources/vnic.js';
import { inputOf, isEqualDevice } from '../placement/backing-device-request.js';
import { isOnSamePort } from '../resources/port-address.js';
import { electionMoves, isUntold } from '../resources/election.js';
import { portRoomRefusal, type RoomReading } from '../placement/port-room.js';
import { activateStep } from './activate-step.js';
import { owedRestoration, switchAutomaticFailover } from './automatic-failover.js';
import { absence, partitionPresence, partitionTarget, presentVnic, vnicInSlot, vnicPresence } from './bound-target.js';
import { deadPortWarnings } from './dead-ports.js';
import {
  devicesInTheEnd,
  isDemotion,
  isForsaken,
  leavingDevices,
  missingDevices,
  operationalCount,
  replacedInPlace,
  wayTo,
  type ChangeStep,
  type DesiredVnic,
  type VnicState,
} from './desired-devices.js';
import { logicalPortWord } from './expected-device.js';
import { findPartition } from './find-partition.js';
import {
  lostMaximumWarning,
  maximumRefusal,
  notComparedWarnings,
  withCarriedMaximum,
  withWarnings,
} from './maximum-capacity.js';
import { observedActive, observedVnic } from './observed-vnic.js';
import type { AdapterRoom, Operation, Plan, PlannedCommand, Target } from './operation.js';
import { isShutOff, partitionStateRefusal } from './partition-state.js';
import { planOf } from './plan-of.js';
import { replacedDevice } from './replaced-devices.js';
import type { VnicCreateRequest, VnicSetRequest } from './requests.js';
import { rmcWarnings, serverStateRefusal } from './server-state.js';
import { attributesRefusal, fixedAttributeRefusal, hasAttributes } from './vnic-attributes.js';
import { vnicCreate } from './vnic-create.js';
import { WAIT_MINUTES } from './wait-time.js';
import { decideDevices, wishedDevices } from './wished-devices.js';

type Reading = Snapshot<'partitions' | 'vnics'> &
  Partial<Pick<SnapshotParts, 'adapters' | 'physicalPorts' | 'logicalPorts' | 'virtualSlots'>>;

/**
 * A vNIC as it is wished as a whole: its list of devices, and automatic failover; what the request leaves out stays as
 * it is, also of a device that is made anew on its port. Plans the fewest commands, in an order that never leaves fewer
 * than min(before, after) − 1 operational devices and never none, and that moves the active device before it is taken
 * away. Where that cannot be, `network-disruption` names the step, unless the request allows it. An empty slot gets a
 * new vNIC. The same request again plans nothing.
 */
export const vnicSet: Operation<VnicSetRequest> = {
  name: 'vnic.set',
  needs: ['partitions', 'adapters', 'physicalPorts', 'logicalPorts', 'vnics', 'virtualSlots'],
  readback: ['partitions', 'vnics'],

  bind(snapshot, address, request) {
    const partition = findPartition(snapshot, address);
    if (!partition.ok) return partition;
    if (address.slot === undefined) throw new Error('this operation needs a slot in its path');
    const target: Target = { ...partitionTarget(partition.value), slot: address.slot };
    const vnic = vnicInSlot(snapshot, target);
    if (vnic !== undefined) {
      const broken = attributesRefusal(request);
      const devices = broken === null ? decideDevices(snapshot, vnic, target, request) : refuse(broken);
      return devices.ok ? ok({ ...target, macAddress: vnic.macAddress }) : devices;
    }
    const create = createRequest(target, request);
    if (!create.ok) return create;
    const bound = vnicCreate.bind(snapshot, address, create.value);
    return bound.ok ? ok({ ...bound.value, slot: address.slot }) : withoutSlotPointer(bound.refusal);
  },

  /**
   * Bound to an empty slot of a partition, whatever vNIC is there by now may be what this very job has created: `plan`
   * looks at it.
   */
  presence(snapshot, target) {
    return target.macAddress === undefined ? partitionPresence(snapshot, target) : vnicPresence(snapshot, target);
  },

  plan(snapshot: Reading, target, request): Result<Plan> {
    const vnic = presentVnic(snapshot, target);
    if (target.macAddress !== undefined) {
      return vnic === undefined
        ? refuse(absence(vnicPresence(snapshot, target)))
        : planChange(snapshot, vnic, target, request);
    }
    const presence = partitionPresence(snapshot, target);
    if (presence !== 'present') return refuse(absence(presence));
    if (vnic !== undefined) {
      // As wished, it may be what this very job has created; else somebody has taken the slot meanwhile.
      return vnicSet.holds(snapshot as Snapshot, target, request)
        ? ok(withWarnings({ steps: [], target }, notComparedWarnings(snapshot, vnic, request.backingDevices ?? [])))
        : refuse(absence('replaced'));
    }
    const create = createRequest(target, request);
    if (!create.ok) return create;
    const planned = vnicCreate.plan(snapshot as Snapshot, target, create.value);
    return planned.ok ? planned : withoutSlotPointer(planned.refusal);
  },

  holds(snapshot, target, request) {
    const vnic = vnicSet.presence(snapshot, target) === 'present' ? vnicInSlot(snapshot, target) : undefined;
    if (vnic === undefined || !hasAttributes(vnic, request)) return false;
    if (
      owedRestoration(snapshot, target) !== null ||
      (target.owesActiveDevice === true && isForsaken(stateOf(snapshot, vnic, request)))
    ) {
      return false;
    }
    const devices = wishedDevices(target, request);
    return (
      devices === undefined ||
      (vnic.backingDevices.length === devices.length &&
        devices.every((wanted) => vnic.backingDevices.some((device) => isEqualDevice(device, wanted))))
    );
  },

  observe(snapshot, target) {
    const vnic = presentVnic(snapshot, target);
    return vnic === undefined ? null : { vnic: observedVnic(vnic), active: observedActive(vnic) };
  },

  result(snapshot, target) {
    return vnicInSlot(snapshot, target) ?? null;
  },
};

/** What creates the vNIC in an empty slot. */
function createRequest(target: Target, request: VnicSetRequest): Result<VnicCreateRequest> {
  const { allowNetworkDisruption: _allowed, backingDevices, ...attributes } = request;
  return backingDevices === undefined
    ? refuse({
        type: 'rule-violation',
        pointer: '/backingDevices',
        detail: `Slot ${target.slot} of partition ${target.partition?.name} has no vNIC yet: name 1 to 6 backing devices to create it.`,
      })
    : ok({ ...attributes, slot: target.slot, backingDevices });
}

/** The slot of this operation stands in the path, not in the body. */
function withoutSlotPointer(refusal: Refusal): { readonly ok: false; readonly refusal: Refusal } {
  const { pointer, ...rest } = refusal;
  return refuse(pointer === undefined || pointer === '/slot' ? rest : refusal);
}

function planChange(snapshot: Reading, vnic: Vnic, target: Target, request: VnicSetRequest): Result<Plan> {
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

/** What keeps the devices that are still missing from being made. */
function missingRefusal(snapshot: Reading, vnic: Vnic, from: VnicState, desired: DesiredVnic): Refusal | null {
  const missing = missingDevices(from, desired);
  return (
    serverStateRefusal(snapshot, missing) ??
    maximumRefusal(snapshot, missing) ??
    portRoomRefusal(withoutDevices(snapshot, vnic, leavingDevices(from, desired)), missing)
  );
}

/** The only device cannot go first, and there is no logical port for the new one beside it. */
function noRoomBeside(snapshot: Reading, vnic: Vnic, from: VnicState, desired: DesiredVnic): Refusal | null {
  const reading = withoutDevices(snapshot, vnic, replacedInPlace(from, desired));
  return portRoomRefusal(reading, missingDevices(from, desired));
}

/** The adapters that have not enough logical ports for the devices that are there and the new ones side by side. */
function tightAdapters(snapshot: Reading, vnic: Vnic, from: VnicState, desired: DesiredVnic): readonly AdapterRoom[] {
  const { adapters = [], logicalPorts } = snapshot;
  if (logicalPorts === undefined) return [];
  const on = <T extends { readonly adapterId: number }>(all: readonly T[], adapterId: number): number =>
    all.filter((one) => one.adapterId === adapterId).length;
  const inUse = logicalPortsInUse(snapshot.vnics, logicalPorts);
  const missing = missingDevices(from, desired).map(({ device }) => device);
  return adapters.flatMap(({ adapterId, logicalPorts: total }) => {
    if (adapterId === null || total === null) return [];
    const own = on(vnic.backingDevices, adapterId);
    const devices = total - on(inUse, adapterId) + own;
    return own + on(missing, adapterId) > devices ? [{ adapterId, devices }] : [];
  });
}

/** The target with what the rest of this way has to know; `least` is not given where it is not to be kept. */
function decidedTarget(
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

/** min(before, after) − 1 operational devices, never none; nothing is to be kept where none is operational. */
function leastToKeep(from: VnicState, desired: DesiredVnic): number {
  const before = operationalCount(from.devices);
  const inTheEnd = operationalCount(devicesInTheEnd(from, desired));
  return before === 0 ? 0 : Math.max(1, Math.min(before, inTheEnd) - 1);
}

/**
 * The vNIC as planning sees it. Automatic failover that the HMC does not tell of counts as the opposite of what is
 * asked for: the command is sent. Asked for nothing, it counts as on. Of a partition that is shut off no device is
 * active and none can become so, though the listing may print a state for each.
 */
function stateOf(snapshot: Snapshot<'partitions'>, vnic: Vnic, request: VnicSetRequest): VnicState {
  const devices = vnic.backingDevices;
  return {
    devices: isShutOff(snapshot, vnic.partition.id)
      ? devices.map((one) => ({ ...one, active: null, status: null }))
      : devices,
    autoPriorityFailover: vnic.autoPriorityFailover ?? request.autoPriorityFailover !== true,
  };
}

/** There is no careful way: names the first step of the least disruptive one that takes too much. */
function networkDisruption(
  snapshot: Reading,
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
function activeNotTold(snapshot: Reading, vnic: Vnic, step: ChangeStep): Result<never> {
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
function isComingUp({ backingDevices }: Vnic, { newDevices = [] }: Target): boolean {
  return newDevices.some(
    (made) =>
      made.operational !== false &&
      backingDevices.some((one) => isEqualDevice(one, made) && one.status !== null && !isOperational(one)),
  );
}

/** The only device would have to go before it can come back. */
function lastDevice({ backingDevices: [only] }: Vnic): Refusal {
  return {
    type: 'last-backing-device',
    pointer: '/backingDevices',
    detail: `Device ${only?.logicalPortId ?? ''} is the only backing device and would have to be taken away before it can be made anew on its own port. Add a device on another port to the list first, or delete the vNIC and create it again.`,
  };
}

/** The reading as it is once these devices of the vNIC have gone: they leave their room behind. */
function withoutDevices(snapshot: Reading, vnic: Vnic, gone: readonly BackingDevice[]): RoomReading {
  const isGone = (logicalPortId: string): boolean => gone.some((one) => one.logicalPortId === logicalPortId);
  const { logicalPorts, physicalPorts } = snapshot;
  return {
    ...snapshot,
    vnics: snapshot.vnics.map((one) =>
      one === vnic
        ? { ...one, backingDevices: one.backingDevices.filter((device) => !isGone(device.logicalPortId)) }
        : one,
    ),
    ...(logicalPorts === undefined ? {} : { logicalPorts: logicalPorts.filter((one) => !isGone(one.logicalPortId)) }),
    ...(physicalPorts === undefined
      ? {}
      : {
          physicalPorts: physicalPorts.map((port) => {
            const { configuredLogicalPorts: configured, ethernetLogicalPorts: ethernet } = port;
            if (!gone.some((one) => isOnSamePort(one, port))) return port;
            return {
              ...port,
              configuredLogicalPorts: configured === null ? null : configured - 1,
              ethernetLogicalPorts: ethernet === null ? null : ethernet - 1,
            };
          }),
        }),
  };
}

function commandOf(
  snapshot: Reading,
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
