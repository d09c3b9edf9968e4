import { isOperational } from '../resources/backing-device.js';
import type { PartitionRef } from '../hmc-language/partition-ref.js';
import type { LogicalPort } from '../resources/logical-port.js';
import type { VirtualFunction } from '../resources/virtual-function.js';
import type { VnicServerStatistics } from '../resources/vnic-server-statistics.js';
import type { VnicServer } from '../resources/vnic-server.js';
import type { Vnic } from '../resources/vnic.js';

/** How the HMC and the Virtual I/O Server can differ about one backing device; the codes are part of the contract. */
export const DIFFERENCE_CODES = [
  'only-on-hmc',
  'only-on-virtual-io-server',
  'client',
  'client-name',
  'virtual-function',
  'active',
  'readiness',
  'priority',
] as const;
export type DifferenceCode = (typeof DIFFERENCE_CODES)[number];

export interface Difference {
  readonly code: DifferenceCode;
  /** What the HMC says; null when it says nothing. */
  readonly hmc: string | null;
  /** What the Virtual I/O Server says; null when it says nothing. */
  readonly virtualIoServer: string | null;
}

/** A backing device as the HMC shows it. */
export interface HostedDevice {
  readonly logicalPortId: string;
  /** Location code of the logical port; null when the HMC does not list the port. */
  readonly location: string | null;
  readonly adapterId: number;
  readonly physicalPortId: number;
  readonly client: PartitionRef;
  readonly slot: number;
  readonly failoverPriority: number;
  readonly active: boolean | null;
  readonly status: string | null;
}

/** Logical port ↔ virtual function ↔ vNIC server ↔ client device: one backing device from both sides. */
export interface VnicServerView {
  /** null when the HMC knows no such device, or several of which nobody tells which it is. */
  readonly hmc: HostedDevice | null;
  /** null when the Virtual I/O Server has no vNIC server for it, or several of which nobody tells which it is. */
  readonly vnicServer: VnicServer | null;
  /** null when `lsdev` lists none there, or did not answer. */
  readonly virtualFunction: VirtualFunction | null;
  /** null when nobody asked, or the user may not run `vnicstat`. */
  readonly statistics: VnicServerStatistics | null;
  /** Where the two say different things; empty when they agree. */
  readonly differences: readonly Difference[];
}

/** What was read of one Virtual I/O Server. */
export interface VnicServerReading {
  readonly virtualIoServerId: number;
  readonly vnics: readonly Vnic[];
  readonly logicalPorts: readonly LogicalPort[];
  readonly vnicServers: readonly VnicServer[];
  /** null when `lsdev` did not answer. */
  readonly virtualFunctions: readonly VirtualFunction[] | null;
  /** By the name of the vNIC server. */
  readonly statistics: ReadonlyMap<string, VnicServerStatistics>;
}

/**
 * Joins what the HMC and the Virtual I/O Server say. The location code of the logical port is that of the virtual
 * function (so in the samples; that it always is: INFERRED, hmc-cli.md §1.11); where one of the two does not tell it, client and slot join them if they stand for one device only.
 * If they stand for several, the two sides are shown apart, and that is no difference where both have the same number.
 */
export function vnicServerViews(reading: VnicServerReading): VnicServerView[] {
  const { virtualFunctions, statistics } = reading;
  const devices = hostedDevices(reading);
  const places = reading.vnicServers.map((server) => ({ server, location: locationOf(server, virtualFunctions) }));
  const { deviceOf, unmatched, missing } = joined(places, devices);
  const functionAt = (location: string | null): VirtualFunction | null =>
    virtualFunctions?.find((one) => one.location === location) ?? null;
  const views = places.map((place): VnicServerView => {
    const { server, location } = place;
    const device = deviceOf.get(place) ?? null;
    const virtualFunction = functionAt(location);
    const told = statistics.get(server.name) ?? null;
    return {
      hmc: device,
      vnicServer: server,
      virtualFunction,
      statistics: told,
      differences: [
        ...(missing.has(place) ? [onlyOnServer(server)] : []),
        ...(device === null ? [] : differencesOfServer(server, device)),
        ...(virtualFunctions === null ? [] : differencesOfFunction(server, location, virtualFunction)),
        ...(told === null ? [] : differencesOfStatistics(told, server, device)),
      ],
    };
  });
  const alone = unmatched.map((device): VnicServerView => ({
    hmc: device,
    vnicServer: null,
    virtualFunction: functionAt(device.location),
    statistics: null,
    differences: missing.has(device) ? [{ code: 'only-on-hmc', hmc: describe(device), virtualIoServer: null }] : [],
  }));
  return [...views, ...alone].sort((a, b) => compare(placeInList(a), placeInList(b)));
}

/** A vNIC server, and where its virtual function is; null when nobody tells. */
interface ServerPlace {
  readonly server: VnicServer;
  readonly location: string | null;
}

interface Joined {
  readonly deviceOf: ReadonlyMap<ServerPlace, HostedDevice>;
  /** Devices without a vNIC server that is known to be theirs. */
  readonly unmatched: readonly HostedDevice[];
  /** What is missing on the other side, or one of those is that cannot be told apart. */
  readonly missing: ReadonlySet<ServerPlace | HostedDevice>;
}

function joined(places: readonly ServerPlace[], devices: readonly HostedDevice[]): Joined {
  const deviceOf = new Map<ServerPlace, HostedDevice>();
  const unmatched = new Set(devices);
  const join = (place: ServerPlace, device: HostedDevice): void => {
    deviceOf.set(place, device);
    unmatched.delete(device);
  };
  for (const place of places) {
    const device = devices.find(({ location }) => place.location !== null && location === place.location);
    if (device !== undefined) join(place, device);
  }
  const left = (): ServerPlace[] => places.filter((place) => !deviceOf.has(place));
  const devicesFor = (place: ServerPlace): HostedDevice[] => [...unmatched].filter((device) => mayBe(place, device));
  const serversFor = (device: HostedDevice): ServerPlace[] => left().filter((place) => mayBe(place, device));
  for (let before = -1; before !== unmatched.size;) {
    before = unmatched.size;
    for (const place of left()) {
      const [only, ...others] = devicesFor(place);
      if (only === undefined || others.length > 0) continue;
      if (serversFor(only).every((rival) => rival === place || devicesFor(rival).length > 1)) join(place, only);
    }
  }
  const missing = new Set<ServerPlace | HostedDevice>();
  for (const place of left()) {
    const alike = devicesFor(place);
    const rivals = left().filter((other) => alike.some((device) => mayBe(other, device)));
    if (alike.length === 0 || rivals.length > alike.length) missing.add(place);
  }
  for (const device of unmatched) {
    const alike = serversFor(device);
    const rivals = [...unmatched].filter((other) => alike.some((place) => mayBe(place, other)));
    if (alike.length === 0 || rivals.length > alike.length) missing.add(device);
  }
  return { deviceOf, unmatched: [...unmatched], missing };
}

/**
 * Whether a vNIC server may be that of a device, as far as client and slot go, because one of the two has no location.
 */
function mayBe({ server, location }: ServerPlace, device: HostedDevice): boolean {
  const apart = location !== null && device.location !== null;
  return !apart && server.clientLocation !== null && isPlaceOf(server.clientLocation, device);
}

/** The backing devices that the HMC places on this Virtual I/O Server. */
function hostedDevices({ vnics, logicalPorts, virtualIoServerId }: VnicServerReading): HostedDevice[] {
  const locations = new Map(logicalPorts.map(({ logicalPortId, locationCode }) => [logicalPortId, locationCode]));
  return vnics.flatMap((vnic) =>
    vnic.backingDevices
      .filter(({ virtualIoServer }) => virtualIoServer.id === virtualIoServerId)
      .map((device) => ({
        logicalPortId: device.logicalPortId,
        location: locations.get(device.logicalPortId) ?? null,
        adapterId: device.adapterId,
        physicalPortId: device.physicalPortId,
        client: vnic.partition,
        slot: vnic.slot,
        failoverPriority: device.failoverPriority,
        active: device.active,
        status: device.status,
      })),
  );
}

/** `lsmap` may have lost it (lsmap-vnic-table-seed.txt): then `lsdev` knows it by the name of the device. */
function locationOf(server: VnicServer, virtualFunctions: VnicServerReading['virtualFunctions']): string | null {
  const named = virtualFunctions?.find(({ name }) => name === server.backingDevice);
  return server.backingDeviceLocation ?? named?.location ?? null;
}

/**
 * Whether a client's location code names this partition and slot: `U9119.MME.659707C-V6-C6` is 6 and 6 (so in the
 * samples; that it always does: INFERRED).
 */
function isPlaceOf(location: string, { client, slot }: HostedDevice): boolean {
  const [, partitionId, inSlot] = /-V(\d+)-C(\d+)(?=-|$)/.exec(location) ?? [];
  return Number(partitionId) === client.id && Number(inSlot) === slot;
}

const onlyOnServer = (server: VnicServer): Difference => {
  const client = server.clientLocation ?? `partition ${server.clientPartitionId ?? 'not told'}`;
  return { code: 'only-on-virtual-io-server', hmc: null, virtualIoServer: `${server.name} for ${client}` };
};

function differencesOfServer(server: VnicServer, device: HostedDevice): Difference[] {
  const differences = differencesOfClient(server, device, '');
  if (server.status !== null && server.status.toLowerCase() !== 'available' && isOperational(device)) {
    differences.push({ code: 'readiness', hmc: device.status, virtualIoServer: `lsmap: ${server.status}` });
  }
  return differences;
}

/** Who the client is, by the word of `lsmap` or of `vnicstat`. */
function differencesOfClient(
  told: Pick<VnicServer, 'clientPartitionId' | 'clientLocation' | 'clientName'>,
  device: HostedDevice,
  saidBy: string,
): Difference[] {
  const differences: Difference[] = [];
  const otherPartition = told.clientPartitionId !== null && told.clientPartitionId !== device.client.id;
  const otherPlace = told.clientLocation !== null && !isPlaceOf(told.clientLocation, device);
  if (otherPartition || otherPlace) {
    differences.push({
      code: 'client',
      hmc: `partition ${device.client.id}, slot ${device.slot}`,
      virtualIoServer: `${saidBy}partition ${told.clientPartitionId ?? 'not told'}, ${told.clientLocation ?? 'place not told'}`,
    });
  }
  if (told.clientName !== null && told.clientName !== device.client.name) {
    differences.push({
      code: 'client-name',
      hmc: device.client.name,
      virtualIoServer: `${saidBy}${told.clientName}`,
    });
  }
  return differences;
}

/** `lsmap` names a virtual function, `lsdev` lists one at that place, or another, or none. */
function differencesOfFunction(
  server: VnicServer,
  location: string | null,
  virtualFunction: VirtualFunction | null,
): Difference[] {
  if (location === null || virtualFunction?.name === server.backingDevice) return [];
  return [
    {
      code: 'virtual-function',
      hmc: null,
      virtualIoServer:
        `lsmap: ${server.backingDevice ?? 'none'} at ${location}; ` +
        `lsdev: ${virtualFunction === null ? 'nothing there' : `${virtualFunction.name} there`}`,
    },
  ];
}

function differencesOfStatistics(
  told: VnicServerStatistics,
  { backingDevice }: VnicServer,
  device: HostedDevice | null,
): Difference[] {
  const differences: Difference[] = [];
  if (told.backingDevice !== null && backingDevice !== null && told.backingDevice !== backingDevice) {
    const virtualIoServer = `lsmap: ${backingDevice}; vnicstat: ${told.backingDevice}`;
    differences.push({ code: 'virtual-function', hmc: null, virtualIoServer });
  }
  if (device === null) return differences;
  differences.push(...differencesOfClient(told, device, 'vnicstat: '));
  const { failoverState, failoverReadiness, failoverPriority } = told;
  if (
    failoverState !== null &&
    device.active !== null &&
    (failoverState.toLowerCase() === 'active') !== device.active
  ) {
    differences.push({ code: 'active', hmc: device.active ? 'active' : 'not active', virtualIoServer: failoverState });
  }
  const ready = failoverReadiness?.toLowerCase() === 'operational';
  if (failoverReadiness !== null && device.status !== null && ready !== isOperational({ status: device.status })) {
    differences.push({ code: 'readiness', hmc: device.status, virtualIoServer: failoverReadiness });
  }
  if (failoverPriority !== null && failoverPriority !== device.failoverPriority) {
    const [hmc, virtualIoServer] = [String(device.failoverPriority), String(failoverPriority)];
    differences.push({ code: 'priority', hmc, virtualIoServer });
  }
  return differences;
}

const describe = (device: HostedDevice): string =>
  `${device.logicalPortId} for ${device.client.name}, slot ${device.slot}`;

/**
 * The place of a view in its list, which no other has: by the number of the vNIC server, then what only the HMC has.
 */
export function placeInList({ vnicServer, hmc }: VnicServerView): string {
  if (vnicServer === null) return `~${hmc?.logicalPortId ?? ''}`;
  return vnicServer.name.replace(/\d+$/, (digits) => digits.padStart(6, '0'));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
