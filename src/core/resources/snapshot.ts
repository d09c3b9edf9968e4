import type { HmcLogin } from '../hmc-language/migrations.js';
import type { LogicalPort } from './logical-port.js';
import type { Partition } from './partition.js';
import type { PhysicalPort } from './physical-port.js';
import type { SriovAdapter } from './sriov-adapter.js';
import type { UsedSlot, VirtualSlots } from './virtual-slots.js';
import type { Vnic } from './vnic.js';

/**
 * What a part of a snapshot holds. One part is one command, except `physicalPorts` (one a level, and its granularity).
 */
export interface SnapshotParts {
  /** All partitions of the system, Virtual I/O Servers among them. */
  readonly partitions: readonly Partition[];
  readonly adapters: readonly SriovAdapter[];
  readonly physicalPorts: readonly PhysicalPort[];
  readonly logicalPorts: readonly LogicalPort[];
  /** All vNICs of the whole system. */
  readonly vnics: readonly Vnic[];
  readonly virtualSlots: readonly VirtualSlots[];
}
export type SnapshotPart = keyof SnapshotParts;

/** Where and when a snapshot was read. */
interface SnapshotOrigin {
  readonly system: { readonly mtms: string; readonly name: string };
  readonly hmcId: string;
  /** ISO 8601, UTC, when the first command was sent. */
  readonly takenAt: string;
}

/** A typed reading of the named parts of one managed system. */
export type Snapshot<P extends SnapshotPart = SnapshotPart> = SnapshotOrigin &
  Pick<SnapshotParts, P> & {
    /** Of the partition whose slot is to be filled, where one was named and the HMC lists them. */
    readonly usedSlots?: readonly UsedSlot[];
    /** The system that a partition is moved to, read at about the same time, where an operation asks for it. */
    readonly targetSystem?: Snapshot & { readonly reachedThrough?: HmcLogin };
  };
