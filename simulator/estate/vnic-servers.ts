import { logicalPortNames, vnicsOf } from './estate.js';
import { partitionWithId } from './find.js';
import type { BackingDevice, ManagedSystem, Partition, Vnic } from './model.js';

/** What one Virtual I/O Server has for one backing device. */
export interface VnicServer {
  /** `vnicserver1`. */
  readonly name: string;
  /** `U9119.MME.65BA46F-V1-C32898`. */
  readonly location: string;
  /** `ent3`. */
  readonly virtualFunction: string;
  /** `U78CA.001.CSS08ZN-P1-C3-C1-T2-S5`: that of the logical port. */
  readonly virtualFunctionLocation: string;
  readonly device: BackingDevice;
  readonly vnic: Vnic;
  readonly client: Partition;
  /** `U9119.MME.65BA46F-V6-C6`. */
  readonly clientLocation: string;
  /** How many Ethernet devices the client has before this one. */
  readonly clientDeviceNumber: number;
}

/** `vnicserver0` sits in this virtual slot, the others follow (samples/lsmap-vnic-*.txt). */
const FIRST_SLOT = 32897;

/** The vNIC servers of a Virtual I/O Server, by their number. */
export function vnicServersOf(system: ManagedSystem, virtualIoServer: Partition): readonly VnicServer[] {
  return system.vnics
    .flatMap((vnic) => vnic.devices.map((device) => ({ vnic, device })))
    .filter(({ device }) => device.virtualIoServerId === virtualIoServer.id)
    .sort((a, b) => a.device.serverNumber - b.device.serverNumber)
    .map(({ vnic, device }) => ({
      name: `vnicserver${device.serverNumber}`,
      location: `${frameLocation(system)}-V${virtualIoServer.id}-C${FIRST_SLOT + device.serverNumber}`,
      virtualFunction: `ent${device.networkNumber}`,
      virtualFunctionLocation: locationOf(system, device),
      device,
      vnic,
      client: partitionWithId(system, vnic.partitionId),
      clientLocation: `${frameLocation(system)}-V${vnic.partitionId}-C${vnic.slot}`,
      clientDeviceNumber: devicesBefore(system, vnic),
    }));
}

function devicesBefore(system: ManagedSystem, vnic: Vnic): number {
  const client = partitionWithId(system, vnic.partitionId);
  const vnics = vnicsOf(system, client).filter(({ slot }) => slot < vnic.slot);
  return client.virtualAdapters.filter(({ kind }) => kind === 'eth').length + vnics.length;
}

/** One line of `lsdev -type adapter`: an Ethernet device of a Virtual I/O Server. */
export interface NetworkDevice {
  readonly name: string;
  readonly location: string;
  readonly virtualFunction: boolean;
}

/** Its virtual Ethernet adapters, the logical ports it holds itself, and those of its vNIC servers. */
export function networkDevicesOf(system: ManagedSystem, virtualIoServer: Partition): readonly NetworkDevice[] {
  const ethernet = virtualIoServer.virtualAdapters.filter(({ kind }) => kind === 'eth');
  const own = ethernet.map(({ slot }, at) => ({
    name: `ent${at}`,
    location: `${frameLocation(system)}-V${virtualIoServer.id}-C${slot}-T1`,
    virtualFunction: false,
  }));
  const direct = system.directLogicalPorts.filter(({ partitionId }) => partitionId === virtualIoServer.id);
  const directs = direct.map((port, at) => ({
    name: `ent${ethernet.length + at}`,
    location: locationOf(system, port),
    virtualFunction: true,
  }));
  const servers = vnicServersOf(system, virtualIoServer)
    .map(({ device, virtualFunctionLocation }) => ({ number: device.networkNumber, location: virtualFunctionLocation }))
    .sort((a, b) => a.number - b.number)
    .map(({ number, location }) => ({ name: `ent${number}`, location, virtualFunction: true }));
  return [...own, ...directs, ...servers];
}

/** The lowest numbers that are free on the Virtual I/O Server, as its configuration manager gives them. */
export function nextServerNumbers(
  system: ManagedSystem,
  virtualIoServer: Partition,
): { readonly serverNumber: number; readonly networkNumber: number } {
  const devices = system.vnics
    .flatMap((vnic) => vnic.devices)
    .filter((device) => device.virtualIoServerId === virtualIoServer.id);
  const others =
    virtualIoServer.virtualAdapters.filter(({ kind }) => kind === 'eth').length +
    system.directLogicalPorts.filter(({ partitionId }) => partitionId === virtualIoServer.id).length;
  return {
    serverNumber: lowestFree(0, new Set(devices.map(({ serverNumber }) => serverNumber))),
    networkNumber: lowestFree(others, new Set(devices.map(({ networkNumber }) => networkNumber))),
  };
}

function lowestFree(from: number, taken: ReadonlySet<number>): number {
  let number = from;
  while (taken.has(number)) number += 1;
  return number;
}

/** `U9119.MME.65BA46F`. */
const frameLocation = ({ typeModel, serialNumber }: ManagedSystem): string =>
  `U${typeModel.replace('-', '.')}.${serialNumber}`;

function locationOf(
  system: ManagedSystem,
  port: { readonly adapterId: number; readonly physicalPortId: number; readonly number: number },
): string {
  const adapter = system.adapters.find(({ id }) => id === port.adapterId);
  if (!adapter) throw new Error(`there is no adapter ${port.adapterId}`);
  const physical = adapter.ports.find(({ id }) => id === port.physicalPortId);
  return logicalPortNames(adapter, physical, port.number).location;
}
