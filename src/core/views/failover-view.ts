import { byFailoverPriority, isOperational, type BackingDevice } from '../resources/backing-device.js';
import type { PartitionRef } from '../hmc-language/partition-ref.js';
import { elected } from '../resources/election.js';
import type { Vnic } from '../resources/vnic.js';

/** What can be wrong with the failover of one vNIC; the codes are part of the contract. */
export const FAILOVER_WARNING_CODES = [
  'none-operational',
  'no-active-device',
  'active-not-operational',
  'auto-failover-off',
  'auto-failover-unknown',
  'no-operational-standby',
  'single-backing-device',
  'active-not-lowest',
  'device-not-operational',
  'device-state-unknown',
  'one-virtual-io-server',
  'one-adapter',
  'equal-priorities',
] as const;
export type FailoverWarningCode = (typeof FAILOVER_WARNING_CODES)[number];

export interface FailoverWarning {
  readonly code: FailoverWarningCode;
  /** What is wrong, what it leads to, and what to do about it. */
  readonly detail: string;
  /** The device at fault, where it is one; null otherwise. */
  readonly logicalPortId: string | null;
}

/** Who carries the traffic of a vNIC, who would take over, and what stands in the way. */
export interface FailoverView {
  readonly partition: PartitionRef;
  readonly slot: number;
  readonly autoPriorityFailover: boolean | null;
  /** The device that carries the traffic now; null when the HMC shows none as active. */
  readonly active: BackingDevice | null;
  /** Of the other operational devices the one with the lowest number; null when there is none. */
  readonly next: BackingDevice | null;
  /** Whether the hypervisor goes to `next` by itself when `active` is lost; otherwise somebody must activate it. */
  readonly automatic: boolean;
  /**
   * Of all operational devices the one with the lowest number: where the hypervisor goes, also back, with automatic
   * failover on.
   */
  readonly preferred: BackingDevice | null;
  /** All devices, the lowest number first. */
  readonly order: readonly BackingDevice[];
  /** The most dangerous first. */
  readonly warnings: readonly FailoverWarning[];
}

/** Reads the failover situation out of one reading of a vNIC. */
export function failoverView(vnic: Vnic): FailoverView {
  const order = byFailoverPriority(vnic.backingDevices);
  const operational = order.filter(isOperational);
  const active = order.find((device) => device.active === true) ?? null;
  const next = operational.find((device) => device !== active) ?? null;
  const situation: Situation = {
    partition: vnic.partition,
    slot: vnic.slot,
    autoPriorityFailover: vnic.autoPriorityFailover,
    active,
    next,
    automatic: vnic.autoPriorityFailover === true && next !== null,
    preferred: elected(operational),
    order,
  };
  return { ...situation, warnings: warningsOf(situation) };
}

type Situation = Omit<FailoverView, 'warnings'>;

function warningsOf(situation: Situation): FailoverWarning[] {
  return [
    ...ofTraffic(situation),
    ...ofAutomaticFailover(situation),
    ...ofStandby(situation),
    ...ofPull(situation),
    ...ofDevices(situation),
    ...ofSpread(situation),
    ...ofPriorities(situation),
  ];
}

function warning(code: FailoverWarningCode, detail: string, device?: BackingDevice): FailoverWarning {
  return { code, detail, logicalPortId: device?.logicalPortId ?? null };
}

function ofTraffic({ active, order }: Situation): FailoverWarning[] {
  // A partition that is not running may have no states at all (open point of hmc-cli.md): nothing is claimed of it
  // then.
  if (order.every((device) => device.status === null)) return [];
  const warnings: FailoverWarning[] = [];
  if (!order.some(isOperational)) {
    const detail = 'No backing device is operational: the vNIC carries no traffic. Look at the status of each.';
    warnings.push(warning('none-operational', detail));
  }
  if (active === null) {
    warnings.push(warning('no-active-device', 'The HMC shows no backing device as active.'));
  } else if (active.status !== null && !isOperational(active)) {
    const detail = `The active device ${active.logicalPortId} is ${active.status}: the vNIC carries no traffic until another one is active.`;
    warnings.push(warning('active-not-operational', detail, active));
  }
  return warnings;
}

function ofAutomaticFailover({ autoPriorityFailover }: Situation): FailoverWarning[] {
  if (autoPriorityFailover === null) {
    return [warning('auto-failover-unknown', 'The HMC does not say whether automatic failover is on.')];
  }
  const detail =
    'Automatic failover is off: when the active device is lost nothing takes over until somebody activates another one. ' +
    'A manual activation switches it off. Switch it on again with autoPriorityFailover: true.';
  return autoPriorityFailover ? [] : [warning('auto-failover-off', detail)];
}

function ofStandby({ order, next }: Situation): FailoverWarning[] {
  if (order.length === 1) {
    const detail = 'There is only one backing device: nothing can take over. Add another one.';
    return [warning('single-backing-device', detail, order[0])];
  }
  if (next === null && order.some(isOperational)) {
    const detail = 'No other backing device is operational: nothing can take over from the active one.';
    return [warning('no-operational-standby', detail)];
  }
  return [];
}

/** Where the active device works: whether a lower number pulls the traffic away from it. */
function ofPull({ active, preferred, autoPriorityFailover }: Situation): FailoverWarning[] {
  if (active === null || !isOperational(active) || preferred === null) return [];
  const pull =
    autoPriorityFailover === true
      ? 'the hypervisor is about to move there'
      : 'switching automatic failover on moves the traffic there';
  const detail =
    `The active device ${active.logicalPortId} has priority ${active.failoverPriority}, the operational device ` +
    `${preferred.logicalPortId} has ${preferred.failoverPriority}: ${pull}.`;
  return active.failoverPriority > preferred.failoverPriority ? [warning('active-not-lowest', detail, active)] : [];
}

function ofDevices({ active, order }: Situation): FailoverWarning[] {
  return order.flatMap((device) => {
    const { logicalPortId, status } = device;
    if (status === null) {
      return [warning('device-state-unknown', `The HMC shows no state for device ${logicalPortId}.`, device)];
    }
    return isOperational(device) || device === active
      ? []
      : [warning('device-not-operational', `Device ${logicalPortId} is ${status}: it cannot take over.`, device)];
  });
}

function ofSpread({ order }: Situation): FailoverWarning[] {
  if (order.length < 2) return [];
  const warnings: FailoverWarning[] = [];
  const servers = new Map(order.map((device) => [device.virtualIoServer.id, device.virtualIoServer.name]));
  if (servers.size === 1) {
    const detail = `All devices are on Virtual I/O Server ${[...servers.values()].join()}: its outage takes them all.`;
    warnings.push(warning('one-virtual-io-server', detail));
  }
  const adapters = new Set(order.map((device) => device.adapterId));
  if (adapters.size === 1) {
    const detail = `All devices are on adapter ${[...adapters].join()}: its outage takes them all.`;
    warnings.push(warning('one-adapter', detail));
  }
  return warnings;
}

function ofPriorities({ order }: Situation): FailoverWarning[] {
  const priorities = [...new Set(order.map((device) => device.failoverPriority))];
  return priorities.flatMap((priority) => {
    const group = order.filter((device) => device.failoverPriority === priority);
    const ids = group.map((device) => device.logicalPortId).join(', ');
    const detail = `Devices ${ids} have the same priority ${priority}: which one wins is not defined. Make them differ.`;
    return group.length > 1 ? [warning('equal-priorities', detail)] : [];
  });
}
