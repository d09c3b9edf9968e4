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
  /** null when the HMC knows no such device. */
  readonly hmc: HostedDevice | null;
  /** null when the Virtual I/O Server has no vNIC server for it. */
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
 * function (LIVE); where one of the two does not tell it, client and slot join them if they stand for one device only.
 */
export function vnicServerViews(reading: VnicServerReading): VnicServerView[] {
  const { virtualFunctions, statistics } = reading;
  const devices = hostedDevices(reading);
  const unmatched = new Set(devices);
  const places = reading.vnicServers.map((server) => ({ server, location: locationOf(server, virtualFunctions) }));
  const byLocation = places.map(({ server, location }) => {
    const device = devices.find((one) => location !== null && one.location === location) ?? null;
    if (device !== null) unmatched.delete(device);
    return { server, location, device };
  });
  const matched = byLocation.map(({ server, location, device }) => {
    if (device !== null) return { server, location, device };
    const alike = [...unmatched].filter(
      (one) =>
        (location === null || one.location === null) &&
        server.clientLocation !== null &&
        isPlaceOf(server.clientLocation, one),
    );
    const [only] = alike;
    if (only === undefined || alike.length > 1) return { server, location, device: null };
    unmatched.delete(only);
    return { server, location, device: only };
  });
  const functionAt = (location: string | null): VirtualFunction | null =>
    virtualFunctions?.find((one) => one.location === location) ?? null;
  const views = matched.map(({ server, location, device }): VnicServerView => {
    const virtualFunction = functionAt(location);
    const told = statistics.get(server.name) ?? null;
    return {
      hmc: device,
      vnicServer: server,
      virtualFunction,
      statistics: told,
      differences: [
        ...differencesOfServer(server, device),
        ...(virtualFunctions === null ? [] : differencesOfFunction(server, location, virtualFunction)),
        ...(told === null || device === null ? [] : differencesOfStatistics(told, device)),
      ],
    };
  });
  const alone = [...unmatched].map((device): VnicServerView => ({
    hmc: device,
    vnicServer: null,
    virtualFunction: functionAt(device.location),
    statistics: null,
    differences: [{ code: 'only-on-hmc', hmc: describe(device), virtualIoServer: null }],
  }));
  return [...views, ...alone].sort((a, b) => compare(placeInList(a), placeInList(b)));
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

/** Whether a client's location code names this partition and slot: `U9119.MME.659707C-V6-C6` is 6 and 6 (LIVE). */
function isPlaceOf(location: string, { client, slot }: HostedDevice): boolean {
  const [, partitionId, inSlot] = /-V(\d+)-C(\d+)(?=-|$)/.exec(location) ?? [];
  return Number(partitionId) === client.id && Number(inSlot) === slot;
}

function differencesOfServer(server: VnicServer, device: HostedDevice | null): Difference[] {
  if (device === null) {
    const client = server.clientLocation ?? `partition ${server.clientPartitionId ?? 'not told'}`;
    return [{ code: 'only-on-virtual-io-server', hmc: null, virtualIoServer: `${server.name} for ${client}` }];
  }
  const differences: Difference[] = [];
  const otherPartition = server.clientPartitionId !== null && server.clientPartitionId !== device.client.id;
  const otherPlace = server.clientLocation !== null && !isPlaceOf(server.clientLocation, device);
  if (otherPartition || otherPlace) {
    differences.push({
      code: 'client',
      hmc: `partition ${device.client.id}, slot ${device.slot}`,
      virtualIoServer: `partition ${server.clientPartitionId ?? 'not told'}, ${server.clientLocation ?? 'place not told'}`,
    });
  }
  // The table of lsmap cuts a name off.
  if (server.clientName !== null && !device.client.name.startsWith(server.clientName)) {
    differences.push({ code: 'client-name', hmc: device.client.name, virtualIoServer: server.clientName });
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

function differencesOfStatistics(told: VnicServerStatistics, device: HostedDevice): Difference[] {
  const differences: Difference[] = [];
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

/** The place of a view in its list, which no other has: by the number of the vNIC server, then what only the HMC has. */
export function placeInList({ vnicServer, hmc }: VnicServerView): string {
  if (vnicServer === null) return `~${hmc?.logicalPortId ?? ''}`;
  return vnicServer.name.replace(/\d+$/, (digits) => digits.padStart(6, '0'));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
