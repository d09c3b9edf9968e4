import type { JobDocument, VnicState, World } from './history.js';

/**
 * Whether what a job asked for is so, with automatic failover as it was where the job had to switch it off. Written
 * apart from the product, from the words of the contract: the product's own predicates are what is being judged. A
 * partition is known by its name and a vNIC by its MAC address, on whatever system they are.
 */
export function wishHolds(job: JobDocument, world: World): boolean {
  const owed = job.target.restoreAutoPriorityFailover === true && boundVnic(job, world)?.autoPriorityFailover === false;
  return wishShows(job, world) && !owed;
}

function wishShows(job: JobDocument, world: World): boolean {
  const { request, target, managedSystem } = job;
  switch (job.operation) {
    case 'vnic.create': {
      const wanted = request['backingDevices'] as readonly WantedDevice[];
      const vnic = madeVnics(job, world).find(
        // Where the plan was lost nobody knows the slot.
        ({ slot }) => target.slot === undefined || slot === target.slot,
      );
      return (
        vnic !== undefined &&
        isHere(job, world, vnic) &&
        vnic.devices.length === wanted.length &&
        wanted.every((device) => hasDevice(vnic, device))
      );
    }
    case 'vnic.delete':
      // One that has gone to another system with its partition is not deleted.
      return vnicOfJob(job, world) === undefined;
    case 'vnic.update':
      return boundVnic(job, world)?.autoPriorityFailover === request['autoPriorityFailover'];
    case 'vnic.set': {
      const vnic = boundVnic(job, world);
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
      const vnic = boundVnic(job, world);
      const wanted = request['backingDevices'] as readonly WantedDevice[];
      return vnic !== undefined && wanted.every((device) => hasDevice(vnic, device));
    }
    case 'backing-device.remove':
      return boundDevice(job, world) === undefined && !hasLeft(job, world);
    case 'backing-device.set-priority':
      return boundDevice(job, world)?.failoverPriority === request['failoverPriority'];
    case 'backing-device.activate': {
      const vnic = boundVnic(job, world);
      return vnic !== undefined && vnic.activeLogicalPortId === job.target.backingDevice?.logicalPortId;
    }
    case 'physical-port.set-label':
      return labelOf(job, world) === request['label'];
    case 'partition.migrate':
      return isListed(job, world, target.targetSystem?.mtms) && !isListed(job, world, managedSystem.mtms);
    case 'partition.validate-migration':
      // Nothing is wished for but the answer.
      return true;
    default:
      throw new Error(`the fault suite does not know ${job.operation}`);
  }
}

/** All that this job could have altered, to compare before and after. */
export function concerned(job: JobDocument, world: World): unknown {
  const { managedSystem, target } = job;
  switch (job.operation) {
    case 'physical-port.set-label':
      return labelOf(job, world);
    case 'partition.migrate':
      return [managedSystem.mtms, target.targetSystem?.mtms].map((mtms) => isListed(job, world, mtms));
    case 'partition.validate-migration':
      return null;
    case 'vnic.create':
      return madeVnics(job, world);
    default:
      return vnicOfJob(job, world) ?? null;
  }
}

/** Whether all that this job could have altered is the same. */
export function sameAs(before: World, after: World, job: JobDocument): boolean {
  return JSON.stringify(concerned(job, before)) === JSON.stringify(concerned(job, after));
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

/** What a create has made, wherever it is: no other one asks for its VLAN in its partition. */
function madeVnics({ target, request }: JobDocument, world: World): VnicState[] {
  return [...world.values()]
    .flatMap(({ vnics }) => vnics)
    .filter(
      ({ partition, portVlanId }) => partition === target.partition?.name && portVlanId === request['portVlanId'],
    );
}

/** The vNIC that the job is bound to, wherever its partition has gone. */
function vnicOfJob({ target }: JobDocument, world: World): VnicState | undefined {
  const mac = target.macAddress?.toLowerCase();
  return [...world.values()].flatMap(({ vnics }) => vnics).find(({ macAddress }) => macAddress.toLowerCase() === mac);
}

/** On the system of the job, in the slot in which it was. */
function boundVnic(job: JobDocument, world: World): VnicState | undefined {
  const vnic = vnicOfJob(job, world);
  return vnic !== undefined && isHere(job, world, vnic) && vnic.slot === job.target.slot ? vnic : undefined;
}

function hasLeft(job: JobDocument, world: World): boolean {
  const vnic = vnicOfJob(job, world);
  return vnic !== undefined && !isHere(job, world, vnic);
}

function isHere({ managedSystem }: JobDocument, world: World, vnic: VnicState): boolean {
  return world.get(managedSystem.mtms)?.vnics.includes(vnic) === true;
}

function isListed({ target }: JobDocument, world: World, mtms: string | undefined): boolean {
  return world.get(mtms ?? '')?.partitions.includes(target.partition?.name ?? '') === true;
}

function boundDevice(job: JobDocument, world: World): VnicState['devices'][number] | undefined {
  const bound = job.target.backingDevice;
  return boundVnic(job, world)?.devices.find(
    (device) =>
      device.logicalPortId === bound?.logicalPortId &&
      device.adapterId === bound.adapterId &&
      device.physicalPortId === bound.physicalPortId,
  );
}

function labelOf({ managedSystem, target }: JobDocument, world: World): string | undefined {
  const port = target.physicalPort;
  return port && world.get(managedSystem.mtms)?.labels[`${port.adapterId}/${port.physicalPortId}`];
}
