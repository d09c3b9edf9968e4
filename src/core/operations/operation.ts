import type { BackingDeviceInput } from '../hmc-language/backing-device-notation.js';
import type { HmcCommand } from '../hmc-language/command.js';
import type { Result } from '../refusal.js';
import type { Snapshot, SnapshotPart } from '../resources/snapshot.js';
import type { PartitionRef } from '../hmc-language/partition-ref.js';
import type { NewBackingDevice } from './new-backing-device.js';

export const OPERATION_NAMES = [
  'vnic.create',
  'vnic.set',
  'vnic.update',
  'vnic.delete',
  'backing-device.add',
  'backing-device.remove',
  'backing-device.set-priority',
  'backing-device.activate',
  'physical-port.set-label',
  'partition.validate-migration',
  'partition.migrate',
] as const;
export type OperationName = (typeof OPERATION_NAMES)[number];

/** What the path of a call names, before anything is read. `{partition}` digits are an id, `name:123` forces a name. */
export interface TargetAddress {
  readonly partition?: { readonly id: number } | { readonly name: string };
  readonly slot?: number;
  readonly logicalPortId?: string;
  readonly physicalPort?: { readonly adapterId: number; readonly physicalPortId: number };
}

/** How many devices of a vNIC an adapter has logical ports for. */
export interface AdapterRoom {
  readonly adapterId: number;
  readonly devices: number;
}

/**
 * What a job is bound to: the identity that was seen when it was accepted.
 * A vNIC is partition id + slot + MAC address; a backing device adds logical port id + VIOS + physical port.
 */
export interface Target {
  readonly partition?: PartitionRef;
  readonly slot?: number;
  readonly macAddress?: string | null;
  readonly backingDevice?: {
    readonly logicalPortId: string;
    readonly virtualIoServer: PartitionRef;
    readonly adapterId: number;
    readonly physicalPortId: number;
  };
  readonly physicalPort?: { readonly adapterId: number; readonly physicalPortId: number };
  /**
   * Of a migration: what the partition keeps on its way; null where the HMC does not tell it. Of a new vNIC: that the id is
   * still that of the same partition; left out where the HMC does not tell it.
   */
  readonly partitionUuid?: string | null;
  /** The other managed system of a migration: where the partition goes. */
  readonly targetSystem?: { readonly name: string; readonly mtms: string };
  /**
   * Decided by a plan: automatic failover was on before the first command, one of the commands switches it off, and the
   * job is only over once it is on again.
   */
  readonly restoreAutoPriorityFailover?: boolean;
  /** Decided by the plan of a create that was asked to place its devices. */
  readonly placedDevices?: readonly BackingDeviceInput[];
  /**
   * Decided by the first plan of a desired state: no step leaves fewer operational devices than this, unless network
   * disruption is allowed and there is no other way.
   */
  readonly leastOperationalDevices?: number;
  /**
   * Decided by the first plan of a desired state: how many devices of this vNIC an adapter has logical ports for, where it
   * has not enough for those that are there and the new ones side by side. A readback does not tell.
   */
  readonly adapterRoom?: readonly AdapterRoom[];
  /**
   * Decided by the plan of a desired state: a step takes the active device away, and the job is only over once another
   * one is active, if one can be, or automatic failover is on, which sees to that.
   */
  readonly owesActiveDevice?: boolean;
  /**
   * Decided by the plan of a desired state: the devices that it makes. What the request leaves out of one is that of
   * the device that was on its port, which is gone half way.
   */
  readonly newDevices?: readonly NewBackingDevice[];
  /**
   * Decided by the plan of a desired state: devices that are about to be removed, whose number is raised first so that
   * the traffic goes to another one, and the number they had. Where the job fails in between that is told.
   */
  readonly demotedDevices?: readonly { readonly logicalPortId: string; readonly failoverPriority: number }[];
  /**
   * Decided by the plan of a desired state: the devices that are made anew on their port, as they were before. Where
   * the job ends while one is gone that is told.
   */
  readonly replacedDevices?: readonly ReplacedDevice[];
}

/**
 * A device that is made anew on its port: capacities in percent of the port, the maximum null where it was not told.
 */
export interface ReplacedDevice {
  readonly logicalPortId: string;
  readonly virtualIoServer: PartitionRef;
  readonly adapterId: number;
  readonly physicalPortId: number;
  readonly capacity: number;
  readonly failoverPriority: number;
  readonly maxCapacity: number | null;
}

export interface PlannedCommand {
  readonly command: HmcCommand;
  /** True when this step makes the hypervisor move the active device: such steps are paced per vNIC. */
  readonly movesActive: boolean;
}

export interface Plan {
  /** The commands still needed, in order; [] when the wish already holds. */
  readonly steps: readonly PlannedCommand[];
  /**
   * Something is about to pass by itself: the hypervisor moves the active device, and what is needed after that may be
   * less; an RMC connection is busy, and the HMC may refuse the step. In the middle of a plan that is worth waiting for,
   * within the settle bound. The steps are right without that, too.
   */
  readonly settling?: boolean;
  /** What the caller should know though nothing is wrong: shown by the dry run and in the warnings of the job. */
  readonly warnings?: readonly string[];
  /**
   * The target with what the plan has decided (a create's slot, what must be restored at the end). Stored in the job by
   * the lane, before the first command is sent; never at accept or for a dry run, because the lane decides anew.
   */
  readonly target: Target;
}

/** The state of the bound target in a later reading. */
export type TargetPresence = 'present' | 'gone' | 'replaced';

/**
 * One kind of change: pure functions over snapshots. Everything the lanes do follows from `plan` and `holds`.
 * `R` is the request body, validated in shape; names in it are resolved in `bind`.
 */
export interface Operation<R> {
  readonly name: OperationName;
  /** The parts read before planning (at accept and again in the lane). */
  readonly needs: readonly SnapshotPart[];
  /** The parts read after each command: enough for `holds`, `observe`, `result` and planning the rest. */
  readonly readback: readonly SnapshotPart[];
  /**
   * Another managed system, named `targetSystem` in the request, whose parts are read beside the first one's
   * (`Snapshot.targetSystem`). With `holdsLane` no job of that system runs at the same time.
   */
  readonly targetSystem?: {
    readonly needs: readonly SnapshotPart[];
    readonly readback: readonly SnapshotPart[];
    readonly holdsLane: boolean;
  };
  /** The command asks and changes nothing: what the HMC answers is the result, and nothing is read back. */
  readonly asks?: true;
  /** The HMC itself says that it is still at it: what is not there yet may still come. */
  readonly isUnderWay?: (snapshot: Snapshot, target: Target) => boolean;
  /** Finds the target (404 in the path) and checks every reference and rule of the body that needs a reading. */
  bind(snapshot: Snapshot, address: TargetAddress, request: R): Result<Target>;
  /**
   * Whether the occupant bound at accept is still the one there. 'gone' does not mean that a removal is over: ask
   * `holds` and `plan`, which also restore what the removal had to switch off.
   */
  presence(snapshot: Snapshot, target: Target): TargetPresence;
  /** The commands that are still needed, or the refusal. Also used on a readback, to plan the rest. */
  plan(snapshot: Snapshot, target: Target, request: R): Result<Plan>;
  /** Is the wished state there? */
  holds(snapshot: Snapshot, target: Target, request: R): boolean;
  /**
   * All that this change could have altered, in a form that compares by deep equality (JSON): equal before and after
   * means the command had no effect. Leaves out what moves by itself (link status), unless it is the wish.
   */
  observe(snapshot: Snapshot, target: Target): unknown;
  /** What `If-Match` is held against where it is not the target itself (`targetEtag`); null when there is nothing. */
  readonly etag?: (snapshot: Snapshot, target: Target) => string | null;
  /** What the job shows as `before` and `result`: the typed vNIC or physical port, null when it is not there. */
  result(snapshot: Snapshot, target: Target): unknown;
}
