import { backingDeviceActivate } from './backing-device-activate.js';
import { backingDeviceAdd } from './backing-device-add.js';
import { backingDeviceRemove } from './backing-device-remove.js';
import { backingDeviceSetPriority } from './backing-device-set-priority.js';
import type { Operation, OperationName } from './operation.js';
import { partitionMigrate } from './partition-migrate.js';
import { partitionValidateMigration } from './partition-validate-migration.js';
import { physicalPortSetLabel } from './physical-port-set-label.js';
import type { RequestOf } from './requests.js';
import { vnicCreate } from './vnic-create.js';
import { vnicDelete } from './vnic-delete.js';
import { vnicSet } from './vnic-set.js';
import { vnicUpdate } from './vnic-update.js';

/** Every kind of change by its name. */
export const OPERATIONS: { readonly [N in OperationName]: Operation<RequestOf[N]> } = {
  'vnic.create': vnicCreate,
  'vnic.set': vnicSet,
  'vnic.update': vnicUpdate,
  'vnic.delete': vnicDelete,
  'backing-device.add': backingDeviceAdd,
  'backing-device.remove': backingDeviceRemove,
  'backing-device.set-priority': backingDeviceSetPriority,
  'backing-device.activate': backingDeviceActivate,
  'physical-port.set-label': physicalPortSetLabel,
  'partition.validate-migration': partitionValidateMigration,
  'partition.migrate': partitionMigrate,
};

/** Whether this version has the operation: a stored job may have been made by a newer one. */
export function isKnownOperation(name: string): name is OperationName {
  return Object.hasOwn(OPERATIONS, name);
}

/**
 * The operation of a stored job. Its request has the shape of this operation, because nothing else was ever stored:
 * the name and the request of a job are accepted together.
 */
export function operationOf(name: OperationName): Operation<unknown> {
  return OPERATIONS[name];
}
