import type { PlacementReading } from '../../../src/core/placement/eligible.js';
import type { Choice } from './judge.js';

/**
 * The way in which OpenStack's Power driver chooses, written anew from its description as the reference to beat: ports
 * with a link and enough capacity, the servers shuffled and taken in turn, each time the least used adapter and on it
 * the port with the least capacity given away, every device with priority 50; it knows neither granularity nor
 * sub-labels nor enclosures, and returns fewer devices when it finds no more.
 */
export function chooseLikeOpenStack(
  reading: PlacementReading,
  wish: { readonly label: string; readonly redundancy: number; readonly capacity?: number },
  random: () => number,
): readonly Choice[] {
  const given = (port: { adapterId: number; physicalPortId: number }): number =>
    reading.vnics
      .flatMap((vnic) => vnic.backingDevices)
      .filter((one) => one.adapterId === port.adapterId && one.physicalPortId === port.physicalPortId)
      .reduce((sum, one) => sum + one.desiredCapacity, 0);
  const servers = shuffled(
    reading.partitions.filter((one) => one.environment === 'vioserver' && one.rmcState === 'active'),
    random,
  );
  const ports = shuffled(
    reading.physicalPorts.filter(
      (port) =>
        port.label === wish.label &&
        port.linkUp === true &&
        given(port) + (wish.capacity ?? port.capacityGranularity ?? 0) <= 100,
    ),
    random,
  ).sort((a, b) => given(a) - given(b));
  const uses = new Map(ports.map(({ adapterId }) => [adapterId, 0]));
  const chosen: Choice[] = [];
  while (ports.length > 0 && servers.length > 0 && chosen.length < wish.redundancy) {
    const left = new Set(ports.map(({ adapterId }) => adapterId));
    const least = Math.min(...[...uses].filter(([id]) => left.has(id)).map(([, used]) => used));
    const at = ports.findIndex(({ adapterId }) => uses.get(adapterId) === least);
    const [port] = ports.splice(at, 1);
    const server = servers[chosen.length % servers.length];
    if (port === undefined || server === undefined) break;
    uses.set(port.adapterId, least + 1);
    chosen.push({ server: server.name, adapterId: port.adapterId, physicalPortId: port.physicalPortId });
  }
  return chosen;
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const left = [...items];
  const out: T[] = [];
  while (left.length > 0) out.push(...left.splice(Math.floor(random() * left.length), 1));
  return out;
}
