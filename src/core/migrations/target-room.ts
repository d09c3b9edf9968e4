import { hundredths } from '../resources/percent.js';
import { isOnSamePort } from '../resources/port-address.js';
import { logicalPortsInUse } from '../resources/logical-ports-in-use.js';
import { logicalPortsLeft } from '../resources/logical-ports-left.js';
import type { PhysicalPort } from '../resources/physical-port.js';
import type { PortsReading } from './migration-reading.js';

/** What is free on a system, less what the devices of this migration take. */
export class TargetRoom {
  private readonly capacity = new Map<string, number>();
  private readonly portsOfPort = new Map<string, number>();
  private readonly portsOfAdapter = new Map<number, number>();

  constructor(reading: PortsReading) {
    const inUse = logicalPortsInUse(reading.vnics, reading.logicalPorts);
    for (const port of reading.physicalPorts) {
      const used = inUse.filter((one) => isOnSamePort(one, port)).reduce((sum, one) => sum + one.hundredths, 0);
      this.capacity.set(keyOf(port), Math.max(0, 10_000 - used));
      const left = logicalPortsLeft(port);
      if (left !== null) this.portsOfPort.set(keyOf(port), left);
    }
    for (const { adapterId, logicalPorts } of reading.adapters) {
      // The adapter's `logical_ports` counts the unused ones too (hmc-cli.md §1.5, captures).
      if (adapterId !== null && logicalPorts !== null) {
        const used = inUse.filter((one) => one.adapterId === adapterId).length;
        this.portsOfAdapter.set(adapterId, Math.max(0, logicalPorts - used));
      }
    }
  }

  /** Percent of the physical port. */
  freeCapacity(port: PortAddress): number {
    return (this.capacity.get(keyOf(port)) ?? 0) / 100;
  }

  /** Of the port, and not more than its adapter has; null where the HMC tells neither. */
  freeLogicalPorts(port: PortAddress): number | null {
    const known = [this.portsOfPort.get(keyOf(port)), this.portsOfAdapter.get(port.adapterId)].filter(
      (free) => free !== undefined,
    );
    return known.length === 0 ? null : Math.min(...known);
  }

  /** Logical ports of the port alone; null where the HMC does not tell. */
  freeOnPort(port: PortAddress): number | null {
    return this.portsOfPort.get(keyOf(port)) ?? null;
  }

  /** Logical ports of the adapter as a whole; null where the HMC does not tell. */
  freeOnAdapter(adapterId: number): number | null {
    return this.portsOfAdapter.get(adapterId) ?? null;
  }

  /** Whether one more device of this capacity (percent) goes there. */
  takes(port: PortAddress, capacity: number): boolean {
    const left = this.freeLogicalPorts(port);
    return (this.capacity.get(keyOf(port)) ?? 0) >= hundredths(capacity) && (left === null || left > 0);
  }

  take(port: PortAddress, capacity: number): void {
    this.change(port, hundredths(capacity), 1);
  }

  giveBack(port: PortAddress, capacity: number): void {
    this.change(port, -hundredths(capacity), -1);
  }

  private change(port: PortAddress, capacity: number, logicalPorts: number): void {
    const key = keyOf(port);
    this.capacity.set(key, (this.capacity.get(key) ?? 0) - capacity);
    const ofPort = this.portsOfPort.get(key);
    if (ofPort !== undefined) this.portsOfPort.set(key, ofPort - logicalPorts);
    const ofAdapter = this.portsOfAdapter.get(port.adapterId);
    if (ofAdapter !== undefined) this.portsOfAdapter.set(port.adapterId, ofAdapter - logicalPorts);
  }
}

type PortAddress = Pick<PhysicalPort, 'adapterId' | 'physicalPortId'>;

const keyOf = ({ adapterId, physicalPortId }: PortAddress): string => `${adapterId}/${physicalPortId}`;
