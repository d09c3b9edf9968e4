import type { Command, History, JobDocument, SystemState, VnicState } from './history.js';
import { hasEffect } from './history.js';

/** What one command altered on one system. */
interface Alteration {
  readonly before: SystemState;
  readonly after: SystemState;
}

/**
 * How often the effect that is a job's own came about, counted in the states of the systems and not in command lines: a
 * create that was sent with another slot the second time has made two vNICs all the same.
 */
export class Effects {
  /** Of each system, by the moment of an effect: the place of the state after it. */
  private readonly places = new Map<string, Map<number, number>>();
  /** vNICs that came to be, by partition and VLAN: no two creates ask for the same. */
  private readonly made = new Map<string, number>();
  /** Labels that a port got, by system, port and label: no two changes ask for the same. */
  private readonly labelled = new Map<string, number>();

  constructor(private readonly history: History) {
    for (const [mtms, own] of history.states) {
      this.places.set(mtms, new Map(own.map(({ at }, place) => [at, place])));
      for (const [i, state] of own.entries()) {
        for (const [port, label] of Object.entries(state.labels)) {
          if (own[i - 1]?.labels[port] !== label) add(this.labelled, labelKey(mtms, port, label));
        }
      }
    }
    const known = new Set<string>();
    for (const { vnics } of [...history.states.values()].flat().sort((a, b) => a.at - b.at)) {
      // A MAC address goes with its vNIC from system to system.
      for (const { macAddress, partition, portVlanId } of vnics) {
        if (known.has(macAddress)) continue;
        known.add(macAddress);
        add(this.made, vnicKey(partition, portVlanId));
      }
    }
  }

  /** @param commands what of this job has reached an HMC */
  times(job: JobDocument, commands: readonly Command[]): number {
    const { operation, target, request, managedSystem } = job;
    const own = commands.filter(hasEffect).flatMap((command) => this.alterations(command));
    switch (operation) {
      case 'vnic.create': {
        const key = vnicKey(target.partition?.name ?? '', request['portVlanId'] as number);
        return Math.max(
          this.made.get(key) ?? 0,
          count(own, ({ before, after }) => without(after.vnics, before.vnics)),
        );
      }
      case 'vnic.delete':
        return count(own, ({ before, after }) => without(before.vnics, after.vnics));
      case 'vnic.update':
        return this.transitions(own, job, (vnic) => vnic.autoPriorityFailover === request['autoPriorityFailover']);
      case 'vnic.set': {
        const automatic = request['autoPriorityFailover'];
        const wanted = (request['backingDevices'] ?? []) as readonly WantedDevice[];
        return Math.max(
          automatic === undefined ? 0 : this.transitions(own, job, (vnic) => vnic.autoPriorityFailover === automatic),
          ...wanted.map((device) => this.transitions(own, job, (vnic) => hasOnPort(vnic, device))),
          ...wanted.map((device) => this.transitions(own, job, (vnic) => hasWithPriority(vnic, device))),
        );
      }
      case 'backing-device.add': {
        const wanted = request['backingDevices'] as readonly WantedDevice[];
        return Math.max(...wanted.map((device) => this.transitions(own, job, (vnic) => hasOnPort(vnic, device))));
      }
      case 'backing-device.remove':
        return count(own, ({ before, after }) => lostDevices(before.vnics, after.vnics));
      case 'backing-device.set-priority':
        return this.transitions(own, job, ({ devices }) =>
          devices.some(
            ({ logicalPortId, failoverPriority }) =>
              logicalPortId === target.backingDevice?.logicalPortId && failoverPriority === request['failoverPriority'],
          ),
        );
      case 'backing-device.activate':
        return this.transitions(
          own,
          job,
          ({ activeLogicalPortId }) => activeLogicalPortId === target.backingDevice?.logicalPortId,
        );
      case 'physical-port.set-label': {
        const { adapterId = 0, physicalPortId = 0 } = target.physicalPort ?? {};
        const port = `${adapterId}/${physicalPortId}`;
        return this.labelled.get(labelKey(managedSystem.mtms, port, request['label'] as string)) ?? 0;
      }
      case 'partition.migrate': {
        const name = target.partition?.name ?? '';
        const there = commands.filter(hasEffect).flatMap(({ targetMtms, effectAt }) => this.at(targetMtms, effectAt));
        return count(there, ({ before, after }) =>
          !before.partitions.includes(name) && after.partitions.includes(name) ? 1 : 0,
        );
      }
      case 'partition.validate-migration':
        return 0;
      default:
        throw new Error(`the fault suite does not know ${operation}`);
    }
  }

  /** How often something came to be so of the vNIC that the job is bound to. */
  private transitions(own: readonly Alteration[], { target }: JobDocument, isSo: (vnic: VnicState) => boolean): number {
    const mac = target.macAddress?.toLowerCase();
    return count(own, ({ before, after }) => {
      const [was, is] = [before, after].map(({ vnics }) =>
        vnics.find(({ macAddress }) => macAddress.toLowerCase() === mac),
      );
      return was !== undefined && is !== undefined && !isSo(was) && isSo(is) ? 1 : 0;
    });
  }

  private alterations({ mtms, effectAt }: Command): Alteration[] {
    return this.at(mtms, effectAt);
  }

  private at(mtms: string | null, effectAt: number | null): Alteration[] {
    const place = this.places.get(mtms ?? '')?.get(effectAt ?? NaN);
    const own = this.history.states.get(mtms ?? '');
    if (place === undefined) return [];
    const [before, after] = [own?.[place - 1], own?.[place]];
    return before === undefined || after === undefined ? [] : [{ before, after }];
  }
}

interface WantedDevice {
  readonly adapterId: number;
  readonly physicalPortId: number;
  readonly failoverPriority: number;
}

function hasOnPort({ devices }: VnicState, { adapterId, physicalPortId }: WantedDevice): boolean {
  return devices.some((one) => one.adapterId === adapterId && one.physicalPortId === physicalPortId);
}

function hasWithPriority(
  { devices }: VnicState,
  { adapterId, physicalPortId, failoverPriority }: WantedDevice,
): boolean {
  return devices.some(
    (one) =>
      one.adapterId === adapterId && one.physicalPortId === physicalPortId && one.failoverPriority === failoverPriority,
  );
}

/** How many of the first there are not among the others. */
function without(vnics: readonly VnicState[], others: readonly VnicState[]): number {
  const known = new Set(others.map(({ macAddress }) => macAddress));
  return vnics.filter(({ macAddress }) => !known.has(macAddress)).length;
}

/** Devices that vNICs have lost which are still there. */
function lostDevices(before: readonly VnicState[], after: readonly VnicState[]): number {
  const left = new Map(after.map(({ macAddress, devices }) => [macAddress, devices.map((one) => one.logicalPortId)]));
  return before.flatMap(({ macAddress, devices }) => {
    const ids = left.get(macAddress);
    return ids === undefined ? [] : devices.filter(({ logicalPortId }) => !ids.includes(logicalPortId));
  }).length;
}

function count(own: readonly Alteration[], times: (alteration: Alteration) => number): number {
  return own.reduce((sum, alteration) => sum + times(alteration), 0);
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function vnicKey(partition: string, vlan: number): string {
  return `${partition} ${vlan}`;
}

function labelKey(mtms: string, port: string, label: string): string {
  return `${mtms} ${port} ${label}`;
}
