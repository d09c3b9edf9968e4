import { isOnSamePort, portText } from '../resources/port-address.js';
import { isMultipleOf } from '../resources/percent.js';
import { resolveVirtualIoServer } from '../resources/virtual-io-server-reference.js';
import { ok, refuse, type Result } from '../refusal.js';
import { isVirtualIoServer, virtualIoServersOf, type Partition } from '../resources/partition.js';
import type { PhysicalPort } from '../resources/physical-port.js';
import type { Snapshot } from '../resources/snapshot.js';
import type { PartitionRef } from '../hmc-language/partition-ref.js';
import { whyNotServer } from '../resources/why-not-server.js';
import { whyNotWorking } from '../resources/why-not-working.js';
import { portRoomRefusal } from './port-room.js';
import { type BackingDeviceRequest, resolveBackingDevices } from './backing-device-request.js';
import { isOfWish, type PlacementWish, type PortReference } from './placement-request.js';

/** What a placement is decided on. */
export type PlacementReading = Snapshot<'partitions' | 'adapters' | 'physicalPorts' | 'logicalPorts' | 'vnics'>;

/** Why a port takes no device now; the codes are part of the contract. */
export const PORT_EXCLUSION_CODES = [
  'adapter-not-running',
  'adapter-not-shared',
  'port-link-down',
  'capacity-granularity',
  'max-capacity-not-supported',
  'max-capacity-too-low',
  'no-capacity-left',
  'no-logical-port-left',
] as const;
export type PortExclusionCode = (typeof PORT_EXCLUSION_CODES)[number];

/** A port of the wish that takes no device of it now. */
export interface ExcludedPort extends PortReference {
  readonly code: PortExclusionCode;
  /** Why, in a sentence. */
  readonly reason: string;
}

export interface ExcludedServer extends PartitionRef {
  readonly reason: string;
}

export interface Eligible {
  readonly ports: readonly PhysicalPort[];
  readonly servers: readonly PartitionRef[];
  readonly excludedPorts: readonly ExcludedPort[];
  readonly excludedVirtualIoServers: readonly ExcludedServer[];
}

/**
 * The ports and Virtual I/O Servers that can take a device of the wish now, and why the others cannot. What the HMC
 * does not tell (link, state of a partition) excludes nothing. Refuses with `unknown-reference`, `rule-violation` or
 * `ambiguous-name` what the wish names and is not there.
 */
export function eligibleFor(reading: PlacementReading, wish: PlacementWish, pointer: string): Result<Eligible> {
  const named = namedPorts(reading, wish, pointer);
  if (!named.ok) return named;
  const asked = namedServers(reading, wish, pointer);
  if (!asked.ok) return asked;
  const excludedVirtualIoServers: ExcludedServer[] = [];
  const servers: PartitionRef[] = [];
  for (const server of [...asked.value].sort((a, b) => a.id - b.id)) {
    const { name, id } = server;
    const reason = whyNotServer(server);
    if (reason === null) {
      servers.push({ name, id });
    } else {
      excludedVirtualIoServers.push({ name, id, reason });
    }
  }
  const excludedPorts: ExcludedPort[] = [];
  const ports: PhysicalPort[] = [];
  for (const port of named.value) {
    const { adapterId, physicalPortId } = port;
    const why = whyNotPort(reading, port, wish);
    if (why === null) {
      ports.push(port);
    } else {
      excludedPorts.push({ adapterId, physicalPortId, ...why });
    }
  }
  return ok({ ports, servers, excludedPorts, excludedVirtualIoServers });
}

/** The ports of the label, or those listed, in the order of adapter and port. */
function namedPorts(
  { physicalPorts }: PlacementReading,
  wish: PlacementWish,
  pointer: string,
): Result<readonly PhysicalPort[]> {
  const { label, ports, names } = wish;
  const inOrder = [...physicalPorts].sort((a, b) => a.adapterId - b.adapterId || a.physicalPortId - b.physicalPortId);
  if (ports === undefined) {
    const labelled = inOrder.filter((port) => isOfWish(wish, port));
    const labels = [...new Set(inOrder.map((port) => port.label).filter((one) => one !== ''))].sort();
    return labelled.length > 0
      ? ok(labelled)
      : refuse({
          type: 'unknown-reference',
          pointer: `${pointer}/${names.label}`,
          detail: `No physical port of the system has the label ${JSON.stringify(label)}. ${
            labels.length === 0 ? 'No port has a label at all.' : `There are ${labels.join(', ')}.`
          }`,
          members: { labels },
        });
  }
  for (const [index, wanted] of ports.entries()) {
    if (!inOrder.some((port) => isOnSamePort(port, wanted))) {
      return refuse({
        type: 'unknown-reference',
        pointer: `${pointer}/ports/${index}`,
        detail: `There is no physical port ${portText(wanted)}. List the physical ports of the system to see which there are; adapters in dedicated mode have none.`,
      });
    }
  }
  return ok(inOrder.filter((port) => isOfWish(wish, port)));
}

function namedServers(
  { partitions }: PlacementReading,
  { virtualIoServers }: PlacementWish,
  pointer: string,
): Result<readonly Partition[]> {
  if (virtualIoServers === undefined) return ok(virtualIoServersOf(partitions));
  const ids = new Set<number>();
  for (const [index, reference] of virtualIoServers.entries()) {
    const server = resolveVirtualIoServer(partitions, reference, `${pointer}/virtualIoServers/${index}`);
    if (!server.ok) return server;
    ids.add(server.value.id);
  }
  return ok(partitions.filter(({ id }) => ids.has(id)));
}

type WhyNot = Pick<ExcludedPort, 'code' | 'reason'>;

function whyNotPort(reading: PlacementReading, port: PhysicalPort, wish: PlacementWish): WhyNot | null {
  const { adapterId, physicalPortId } = port;
  const notWorking = whyNotWorking(reading, port);
  if (notWorking !== null) {
    const { part, reason } = notWorking;
    return { code: part === 'link' ? 'port-link-down' : 'adapter-not-running', reason };
  }
  // The same checks as for a device that is named in a request, so that what is placed is never refused by them.
  const { capacity, maxCapacity } = wish;
  const anyServer = reading.partitions.find(isVirtualIoServer);
  if (anyServer === undefined) return null;
  const device: BackingDeviceRequest = {
    virtualIoServer: { id: anyServer.id },
    adapterId,
    physicalPortId,
    capacity,
    maxCapacity,
  };
  const resolved = resolveBackingDevices(reading, [device]);
  if (!resolved.ok) {
    const code = dividesNot(port, wish)
      ? 'capacity-granularity'
      : limitsNot(reading, port, wish)
        ? 'max-capacity-not-supported'
        : leavesNoRoom(port, wish)
          ? 'max-capacity-too-low'
          : 'adapter-not-shared';
    return { code, reason: resolved.refusal.detail };
  }
  const full = portRoomRefusal(
    reading,
    resolved.value.map((one, index) => ({ device: one, index })),
  );
  if (full === null) return null;
  const code = full.members?.['capacityLeft'] === undefined ? 'no-logical-port-left' : 'no-capacity-left';
  return { code, reason: full.detail };
}

/** Whether the capacity is none that the port takes, whatever its state. */
export function dividesNot({ capacityGranularity: step }: PhysicalPort, { capacity }: PlacementWish): boolean {
  return capacity !== undefined && step !== null && step > 0 && !isMultipleOf(capacity, step);
}

/** Whether the maximum is below the smallest capacity of the port, which is its granularity. */
export function leavesNoRoom({ capacityGranularity: step }: PhysicalPort, { maxCapacity }: PlacementWish): boolean {
  return maxCapacity !== undefined && step !== null && maxCapacity < step;
}

/** Whether a maximum is asked for that the adapter cannot give. */
export function limitsNot(
  { adapters }: Pick<PlacementReading, 'adapters'>,
  { adapterId }: PhysicalPort,
  { maxCapacity }: PlacementWish,
): boolean {
  const adapter = adapters.find((one) => one.adapterId === adapterId);
  return maxCapacity !== undefined && adapter?.customMaxCapacityCapable === false;
}
