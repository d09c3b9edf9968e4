import { logOn } from './error-log.js';
import { partitionWithId } from './find.js';
import type { ManagedSystem } from './model.js';

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
        logOn(system, { ...device, kind: 'client-login' }, now);
      } else if (!active && device.clientSession === 'active') {
        device.clientSession = 'left';
        logOn(system, { ...device, kind: 'transport' }, now);
      }
    }
  }
}
