/** A backing device as the election sees it. */
export interface Candidate {
  readonly logicalPortId: string;
  readonly failoverPriority: number;
  readonly operational: boolean;
}

export interface ElectionRules {
  readonly autoPriorityFailover: boolean;
  /** Only read while automatic failover is off: see ManagedSystem.leavesDeadDeviceWithAutoFailoverOff. */
  readonly leavesDeadDevice: boolean;
}

/**
 * Which device carries the traffic. With automatic failover on it is the operational one with the lowest number, and
 * the hypervisor comes back to it by itself; between equal numbers the active one stays, else the first listed
 * (INFERRED). With it off, nothing moves by itself. While no device is operational the active one stays where it was.
 */
export function electActiveDevice(
  devices: readonly Candidate[],
  activeId: string | null,
  rules: ElectionRules,
): string | null {
  const active = devices.find((device) => device.logicalPortId === activeId);
  const mayMove = rules.autoPriorityFailover || !active || (!active.operational && rules.leavesDeadDevice);
  if (active && !mayMove) return active.logicalPortId;

  let best = active?.operational ? active : undefined;
  for (const device of devices) {
    if (device.operational && (!best || device.failoverPriority < best.failoverPriority)) best = device;
  }
  return (best ?? active)?.logicalPortId ?? null;
}
