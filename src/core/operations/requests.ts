import type { AllowedMacAddresses, AllowedVlanIds } from '../hmc-language/allowed-lists.js';
import type { BackingDeviceRequest } from '../placement/backing-device-request.js';
import type { PlacementRequest } from '../placement/placement-request.js';
import type { OperationName } from './operation.js';

/**
 * The bodies of the calls that change something, as stored in a job. Their shape (types, ranges, counts, patterns) has
 * been checked at the edge; an operation checks what needs a reading, and the ranges once more, because a job may have
 * been stored by an older version. A member that is left out is not wished for: the HMC chooses, or it stays as it is.
 */

export interface VnicCreateRequest {
  /** The next free slot when left out. */
  readonly slot?: number | undefined;
  /** 0 = no VLAN, or 2 to 4094. */
  readonly portVlanId?: number | undefined;
  /** 0 to 7. */
  readonly portVlanPriority?: number | undefined;
  readonly allowedVlanIds?: AllowedVlanIds | undefined;
  /** 12 hex digits; `:`, `-` and `.` between them and upper case are accepted. */
  readonly macAddress?: string | undefined;
  readonly allowedOsMacAddresses?: AllowedMacAddresses | undefined;
  readonly autoPriorityFailover?: boolean | undefined;
  /** 1 to 6; either this or `placement`. */
  readonly backingDevices?: readonly BackingDeviceRequest[] | undefined;
  /** The devices are chosen when the job plans. */
  readonly placement?: PlacementRequest | undefined;
}

/**
 * A vNIC as a whole. `backingDevices` is the whole list of devices; what is left out stays as it is. The attributes but
 * automatic failover are for an empty slot: on a vNIC that exists they can only be what they are.
 */
export interface VnicSetRequest extends Omit<VnicCreateRequest, 'slot' | 'backingDevices' | 'placement'> {
  readonly backingDevices?: readonly BackingDeviceRequest[] | undefined;
  /** Whether a step may leave fewer operational devices than min(before, after) − 1, or none. */
  readonly allowNetworkDisruption?: boolean | undefined;
}

/** Only what is known to be settable on a vNIC that exists (hmc-cli.md §1.1, `-o s`). */
export interface VnicUpdateRequest {
  readonly autoPriorityFailover?: boolean | undefined;
}

export interface BackingDeviceAddRequest {
  readonly backingDevices: readonly BackingDeviceRequest[];
}

export interface BackingDeviceSetPriorityRequest {
  readonly failoverPriority: number;
}

export interface BackingDeviceActivateRequest {
  /** An activation switches automatic failover off; true switches it on again afterwards. */
  readonly restoreAutoPriorityFailover?: boolean | undefined;
}

export interface PhysicalPortSetLabelRequest {
  /** At most 16 characters; empty removes the label. */
  readonly label?: string | undefined;
  /** At most 8 characters; empty removes the sub-label. */
  readonly subLabel?: string | undefined;
  /** Also when the port carries vNICs. Who may say so is checked at the edge. */
  readonly force?: boolean | undefined;
}

/** Of a preview, a validation and a migration. */
export interface MigrationRequest {
  /** Name or type-model*serial of the managed system that the partition goes to. */
  readonly targetSystem: string;
}

export type EmptyRequest = Readonly<Record<never, never>>;

/** The request body of each operation. */
export interface RequestOf extends Record<OperationName, object> {
  readonly 'vnic.create': VnicCreateRequest;
  readonly 'vnic.set': VnicSetRequest;
  readonly 'vnic.update': VnicUpdateRequest;
  readonly 'vnic.delete': EmptyRequest;
  readonly 'backing-device.add': BackingDeviceAddRequest;
  readonly 'backing-device.remove': EmptyRequest;
  readonly 'backing-device.set-priority': BackingDeviceSetPriorityRequest;
  readonly 'backing-device.activate': BackingDeviceActivateRequest;
  readonly 'physical-port.set-label': PhysicalPortSetLabelRequest;
  readonly 'partition.validate-migration': MigrationRequest;
  readonly 'partition.migrate': MigrationRequest;
}
