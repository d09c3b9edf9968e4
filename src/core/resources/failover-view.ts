import type { Vnic } from './vnic.js';
import type { BackingDevice, PartitionRef } from './backing-device.js';

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
  /** Of all operational devices the one with the lowest number: where the hypervisor goes, also back, with automatic failover on. */
  readonly preferred: BackingDevice | null;
  /** All devices, the lowest number first. */
  readonly order: readonly BackingDevice[];
  /** The most dangerous first. */
  readonly warnings: readonly FailoverWarning[];
}

/** `Operational` is the one status of a device that can carry traffic (hmc-cli.md §1.2); the case of letters is not trusted. */
export function isOperational(device: Pick<BackingDevice, 'status'>): boolean {
  return device.status?.toLowerCase() === 'operational';
}

/** Lowest number first; devices with the same number stay in the HMC's order. */
export function byFailoverPriority(devices: readonly BackingDevice[]): BackingDevice[] {
  return [...devices].sort((a, b) => a.failoverPriority - b.failoverPriority);
}

/** Reads the failover situation out of one reading of a vNIC. */
export function failoverView(vnic: Vnic): FailoverView {
  const order = byFailoverPriority(vnic.backingDevices);
  const operational = order.filter(isOperational);
  const active = order.find((device) => device.active === true) ?? null;
  const next = operational.find((device) => device !== active) ?? null;
  const preferred = preferredOf(operational);
  return {
    partition: vnic.partition,
    slot: vnic.slot,
    autoPriorityFailover: vnic.autoPriorityFailover,
    active,
    next,
    automatic: vnic.autoPriorityFailover === true && next !== null,
    preferred,
    order,
    warnings: warningsOf(vnic, order, operational, active, next, preferred),
  };
}

/** The lowest number wins; among equals the active one stays. `operational` is in the order of priority. */
function preferredOf(operational: readonly BackingDevice[]): BackingDevice | null {
  const [first] = operational;
  if (first === undefined) return null;
  const equals = operational.filter((device) => device.failoverPriority === first.failoverPriority);
  return equals.find((device) => device.active === true) ?? first;
}

function warningsOf(
  vnic: Vnic,
  order: readonly BackingDevice[],
  operational: readonly BackingDevice[],
  active: BackingDevice | null,
  next: BackingDevice | null,
  preferred: BackingDevice | null,
): FailoverWarning[] {
  const warnings: FailoverWarning[] = [];
  const warn = (code: FailoverWarningCode, detail: string, device: BackingDevice | null = null): void => {
    warnings.push({ code, detail, logicalPortId: device?.logicalPortId ?? null });
  };
  // A partition that is not running may have no states at all (open point of hmc-cli.md): nothing is claimed of it then.
  const known = order.filter((device) => device.status !== null);

  if (known.length > 0 && operational.length === 0) {
    warn(
      'none-operational',
      'No backing device is operational: the vNIC carries no traffic. Look at the status of each.',
    );
  }
  if (known.length > 0 && active === null) {
    warn('no-active-device', 'The HMC shows no backing device as active.');
  }
  if (active !== null && active.status !== null && !isOperational(active)) {
    warn(
      'active-not-operational',
      `The active device ${active.logicalPortId} is ${active.status}: the vNIC carries no traffic until another one is active.`,
      active,
    );
  }
  if (vnic.autoPriorityFailover === false) {
    warn(
      'auto-failover-off',
      'Automatic failover is off: when the active device is lost nothing takes over until somebody activates another one. ' +
        'A manual activation switches it off. Switch it on again with autoPriorityFailover: true.',
    );
  }
  if (vnic.autoPriorityFailover === null) {
    warn('auto-failover-unknown', 'The HMC does not say whether automatic failover is on.');
  }
  if (order.length === 1) {
    warn(
      'single-backing-device',
      'There is only one backing device: nothing can take over. Add another one.',
      order[0],
    );
  } else if (operational.length > 0 && next === null) {
    warn(
      'no-operational-standby',
      'No other backing device is operational: nothing can take over from the active one.',
    );
  }
  if (active !== null && preferred !== null && isOperational(active)) {
    if (active.failoverPriority > preferred.failoverPriority) {
      const pull =
        vnic.autoPriorityFailover === true
          ? 'the hypervisor is about to move there'
          : 'switching automatic failover on moves the traffic there';
      warn(
        'active-not-lowest',
        `The active device ${active.logicalPortId} has priority ${active.failoverPriority}, the operational device ` +
          `${preferred.logicalPortId} has ${preferred.failoverPriority}: ${pull}.`,
        active,
      );
    }
  }
  for (const device of order) {
    if (device.status === null) {
      warn('device-state-unknown', `The HMC shows no state for device ${device.logicalPortId}.`, device);
    } else if (!isOperational(device) && device !== active) {
      warn(
        'device-not-operational',
        `Device ${device.logicalPortId} is ${device.status}: it cannot take over.`,
        device,
      );
    }
  }
  if (order.length > 1) {
    const servers = new Map(order.map((device) => [device.virtualIoServer.id, device.virtualIoServer.name]));
    if (servers.size === 1) {
      warn(
        'one-virtual-io-server',
        `All devices are on Virtual I/O Server ${[...servers.values()].join()}: its outage takes them all.`,
      );
    }
    const adapters = new Set(order.map((device) => device.adapterId));
    if (adapters.size === 1) {
      warn('one-adapter', `All devices are on adapter ${[...adapters].join()}: its outage takes them all.`);
    }
  }
  for (const [priority, group] of groupByPriority(order)) {
    if (group.length > 1) {
      const ids = group.map((device) => device.logicalPortId).join(', ');
      warn(
        'equal-priorities',
        `Devices ${ids} have the same priority ${priority}: which one wins is not defined. Make them differ.`,
      );
    }
  }
  return warnings;
}

function groupByPriority(devices: readonly BackingDevice[]): Map<number, BackingDevice[]> {
  const groups = new Map<number, BackingDevice[]>();
  for (const device of devices) {
    const group = groups.get(device.failoverPriority);
    if (group === undefined) groups.set(device.failoverPriority, [device]);
    else group.push(device);
  }
  return groups;
}
