import type { JobDocument, SystemState, VnicState } from './history.js';

/**
 * Whether what a job asked for is so in this state of its system, with automatic failover as it was where the job
 * had to switch it off. Written apart from the product, from the words of the contract: the product's own
 * predicates are what is being judged.
 */
export function wishHolds(job: JobDocument, state: SystemState): boolean {
  const owed = job.target.restoreAutoPriorityFailover === true && boundVnic(job, state)?.autoPriorityFailover === false;
  return wishShows(job, state) && !owed;
}

/** Whether what a job asked for is so, automatic failover aside. */
export function wishShows(job: JobDocument, state: SystemState): boolean {
  const { request } = job;
  switch (job.operation) {
    case 'vnic.create': {
      const vnic = vnicInSlot(job, state);
      const wanted = request['backingDevices'] as readonly WantedDevice[];
      return (
        vnic !== undefined &&
        vnic.portVlanId === request['portVlanId'] &&
        vnic.devices.length === wanted.length &&
        wanted.every((device) => hasDevice(vnic, device))
      );
    }
    case 'vnic.delete':
      return boundVnic(job, state) === undefined;
    case 'vnic.update':
      return boundVnic(job, state)?.autoPriorityFailover === request['autoPriorityFailover'];
    case 'vnic.set': {
      const vnic = boundVnic(job, state);
      const wanted = request['backingDevices'] as readonly WantedDevice[] | undefined;
      const automatic = request['autoPriorityFailover'];
      return (
        vnic !== undefined &&
        (automatic === undefined || vnic.autoPriorityFailover === automatic) &&
        (wanted === undefined ||
          (vnic.devices.length === wanted.length && wanted.every((device) => hasDevice(vnic, device))))
      );
    }
    case 'backing-device.add': {
      const vnic = boundVnic(job, state);
      const wanted = request['backingDevices'] as readonly WantedDevice[];
      return vnic !== undefined && wanted.every((device) => hasDevice(vnic, device));
    }
    case 'backing-device.remove':
      return boundDevice(job, state) === undefined;
    case 'backing-device.set-priority':
      return boundDevice(job, state)?.failoverPriority === request['failoverPriority'];
    case 'backing-device.activate': {
      const vnic = boundVnic(job, state);
      return vnic !== undefined && vnic.activeLogicalPortId === job.target.backingDevice?.logicalPortId;
    }
    case 'physical-port.set-label':
      return labelOf(job, state) === request['label'];
    default:
      throw new Error(`the fault suite does not know ${job.operation}`);
  }
}

/** All that this job could have altered, to compare before and after. */
export function concerned(job: JobDocument, state: SystemState): unknown {
  return job.operation === 'physical-port.set-label' ? labelOf(job, state) : (vnicInSlot(job, state) ?? null);
}

interface WantedDevice {
  readonly adapterId: number;
  readonly physicalPortId: number;
  readonly failoverPriority: number;
}

function hasDevice(vnic: VnicState, wanted: WantedDevice): boolean {
  return vnic.devices.some(
    (device) =>
      device.adapterId === wanted.adapterId &&
      device.physicalPortId === wanted.physicalPortId &&
      device.failoverPriority === wanted.failoverPriority,
  );
}

function vnicInSlot({ target }: JobDocument, state: SystemState): VnicState | undefined {
  return state.vnics.find(({ partitionId, slot }) => partitionId === target.partition?.id && slot === target.slot);
}

function boundVnic(job: JobDocument, state: SystemState): VnicState | undefined {
  const vnic = vnicInSlot(job, state);
  return vnic?.macAddress.toLowerCase() === job.target.macAddress?.toLowerCase() ? vnic : undefined;
}

function boundDevice(job: JobDocument, state: SystemState): VnicState['devices'][number] | undefined {
  const bound = job.target.backingDevice;
  return boundVnic(job, state)?.devices.find(
    (device) =>
      device.logicalPortId === bound?.logicalPortId &&
      device.adapterId === bound.adapterId &&
      device.physicalPortId === bound.physicalPortId,
  );
}

function labelOf({ target }: JobDocument, state: SystemState): string | undefined {
  const port = target.physicalPort;
  return port && state.labels[`${port.adapterId}/${port.physicalPortId}`];
}
