import { byFailoverPriority, isOperational, type BackingDevice } from './backing-device.js';

/**
 * Who carries the traffic. With automatic failover on, the hypervisor goes to the operational device with the lowest
 * number by itself, also back (hmc-cli.md §1.6, SEED).
 */

/** A device whose status is not told (open point of hmc-cli.md: a partition that is not running) may be operational. */
export function mayCarryTraffic(device: BackingDevice): boolean {
  return device.status === null || isOperational(device);
}

/**
 * The device that automatic failover would make active: among those that may carry traffic the lowest number. Among
 * equals the active one stays; which of two others wins is not known, so the first is taken. Null when there is none.
 */
export function elected(devices: readonly BackingDevice[]): BackingDevice | null {
  const [first, ...others] = byFailoverPriority(devices.filter(mayCarryTraffic));
  if (first === undefined || first.active === true) return first ?? null;
  return others.find((one) => one.active === true && one.failoverPriority === first.failoverPriority) ?? first;
}

/** Whether automatic failover, on, would move the vNIC away from its active device. */
export function electionMoves(devices: readonly BackingDevice[]): boolean {
  const winner = elected(devices);
  return winner !== null && winner.active !== true;
}

/** The devices as they are once this one is active. */
export function withActive(devices: readonly BackingDevice[], logicalPortId: string): readonly BackingDevice[] {
  return devices.map((device) => ({ ...device, active: device.logicalPortId === logicalPortId }));
}

/**
 * Whether the HMC tells of no device whether it is active, or operational (open point of hmc-cli.md: a partition that is
 * not running).
 */
export function isUntold(devices: readonly BackingDevice[]): boolean {
  return devices.every(({ active, status }) => active === null && status === null);
}

/** The best device to go to when this one is taken away: the lowest number among the others known to be operational. */
export function nextBest(devices: readonly BackingDevice[], leaving: BackingDevice): BackingDevice | null {
  return elected(devices.filter((device) => device.logicalPortId !== leaving.logicalPortId && isOperational(device)));
}
