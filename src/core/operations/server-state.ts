import { whyNotServer } from '../resources/why-not-server.js';
import { rmcNotKnown } from '../resources/rmc-connection.js';
import type { Refusal } from '../refusal.js';
import type { Snapshot } from '../resources/snapshot.js';
import type { NewDevice } from '../placement/port-room.js';

/**
 * The refusal (`partition-state`) when the Virtual I/O Server of a device that is to be made cannot take one now, else
 * null: it has to run with an RMC connection (hmc-cli.md §1.1, SEED). What the HMC does not tell is left to it.
 */
export function serverStateRefusal(
  { partitions }: Snapshot<'partitions'>,
  devices: readonly NewDevice[],
): Refusal | null {
  for (const { device, index } of devices) {
    const server = partitions.find(({ id }) => id === device.virtualIoServer.id);
    const reason = server === undefined ? null : whyNotServer(server);
    if (server !== undefined && reason !== null) {
      return {
        type: 'partition-state',
        pointer: `/backingDevices/${index}/virtualIoServer`,
        detail: `Virtual I/O Server ${server.name} can take no new backing device now. ${reason} Bring it back, or choose another one.`,
        members: { partitionState: server.state, rmcState: server.rmcState },
      };
    }
  }
  return null;
}

/** Of the client and of the Virtual I/O Servers of devices that are made: what may be refused, because of RMC. */
export function rmcWarnings(
  { partitions }: Snapshot<'partitions'>,
  clientId: number,
  devices: readonly NewDevice[],
): readonly string[] {
  if (devices.length === 0) return [];
  const ids = new Set([clientId, ...devices.map(({ device }) => device.virtualIoServer.id)]);
  return partitions.filter(({ id }) => ids.has(id)).flatMap((partition) => rmcNotKnown(partition) ?? []);
}
