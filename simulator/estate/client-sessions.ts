import { partitionWithId } from './estate.js';
import type { BackingDevice, ErrorLogEntry, ManagedSystem } from './model.js';

/** So many entries of the whole frame are kept, as a real log keeps its size. */
const LOG_LENGTH = 200;

/**
 * Lets each running client log in to the vNIC server of its active device, and leave the one it was at, and writes both
 * to the error log of the Virtual I/O Server as the seed saw it (samples/vios-errpt-vnic-seed.txt). That a client which
 * moves away makes a `VNIC Transport Event` is INFERRED from there. A server that is down logs nothing and forgets.
 */
export function noteClientSessions(system: ManagedSystem, now: Date): void {
  for (const vnic of system.vnics) {
    const clientRuns = ['Running', 'Migrating - Running'].includes(partitionWithId(system, vnic.partitionId).state);
    for (const device of vnic.devices) {
      if (partitionWithId(system, device.virtualIoServerId).state !== 'Running') {
        device.clientSession = 'never';
        continue;
      }
      const active = clientRuns && device.logicalPortId === vnic.activeLogicalPortId;
      if (active && device.clientSession !== 'active') {
        device.clientSession = 'active';
        log(system, device, 'client-login', now);
      } else if (!active && device.clientSession === 'active') {
        device.clientSession = 'left';
        log(system, device, 'transport', now);
      }
    }
  }
}

function log(system: ManagedSystem, device: BackingDevice, kind: ErrorLogEntry['kind'], now: Date): void {
  const entries = (system.errorLog ??= []);
  const { virtualIoServerId, serverNumber } = device;
  const last = entries.findLast((entry) => entry.virtualIoServerId === virtualIoServerId);
  entries.push({ virtualIoServerId, sequence: (last?.sequence ?? 0) + 1, at: now.toISOString(), kind, serverNumber });
  if (entries.length > LOG_LENGTH) entries.splice(0, entries.length - LOG_LENGTH);
}
