import { mtms, type Estate, type ManagedSystem, type Partition, type Vnic } from '../../simulator/estate/model.js';
import type { Change } from './client.js';
import { DEVICE_PORTS, type Territory } from './estate.js';
import type { Random } from './random.js';

const FIRST_NAMED_SLOT = 100;

/** Of the changes of a partition that migrates, how many are a migration, and how many only ask whether it could. */
const MIGRATION_SHARE = 0.06;
const VALIDATION_SHARE = 0.03;

/**
 * Thinks of changes for one partition that nobody else changes, each with an effect of its own: it looks at the system
 * as it is now, and wishes for something that is not so and that the HMC can do.
 */
export class Actor {
  private count = 0;
  /** Slot of the vNIC that the last change has moved. */
  private moved: number | null = null;

  /** @param number tells this actor from the others in its labels */
  constructor(
    private readonly estate: Estate,
    readonly territory: Territory,
    private readonly number: number,
    private readonly random: Random,
  ) {}

  next(): Change {
    const { random } = this;
    this.count += 1;
    if (this.territory.away !== null) {
      const draw = random.next();
      if (draw < MIGRATION_SHARE) return this.migrate();
      if (draw < MIGRATION_SHARE + VALIDATION_SHARE) return this.migrate('migrations/validate');
    }
    const vnics = this.vnics();
    const again = vnics.find(({ slot, devices }) => slot === this.moved && devices.length > 1);
    this.moved = null;
    // Only moves that follow each other at once show whether they keep their distance.
    if (again !== undefined && this.territory.isPaced && random.chance(0.7)) return this.activate(again);
    const vnic = vnics.length === 0 ? undefined : random.pick(vnics);
    if (vnic === undefined || (vnics.length < 3 && random.chance(0.3))) return this.create();
    const draw = random.next();
    if (draw < 0.12) return this.label();
    if (draw < 0.25 && vnics.length > 1) return { method: 'DELETE', path: this.pathOf(vnic) };
    if (draw < 0.38) return this.set(vnic);
    if (draw < 0.5) return this.setPriority(vnic);
    if (draw < 0.6 && vnic.devices.length < 5) return this.addDevices(vnic, random.whole(1, 2));
    if (draw < 0.75 && vnic.devices.length > 1) return this.removeDevice(vnic);
    if (draw < 0.85 && vnic.devices.length > 1) return this.activate(vnic);
    return this.switchAutomaticFailover(vnic);
  }

  /** One of the partition's vNICs; null while it has none. */
  anyVnic(): Vnic | null {
    const vnics = this.vnics();
    return vnics.length === 0 ? null : this.random.pick(vnics);
  }

  switchAutomaticFailover(vnic: Vnic): Change {
    return { method: 'PATCH', path: this.pathOf(vnic), body: { autoPriorityFailover: !vnic.autoPriorityFailover } };
  }

  /** A vNIC wished for as it is, but for one priority and automatic failover: that takes two commands. */
  twoSteps(vnic: Vnic): Change {
    const backingDevices = vnic.devices.map(
      ({ virtualIoServerId, adapterId, physicalPortId, capacity, failoverPriority }, i) => ({
        virtualIoServer: { id: virtualIoServerId },
        adapterId,
        physicalPortId,
        capacity,
        failoverPriority: i === 0 ? this.freePriority(vnic) : failoverPriority,
      }),
    );
    const body = { backingDevices, autoPriorityFailover: !vnic.autoPriorityFailover };
    return { method: 'PUT', path: this.pathOf(vnic), body };
  }

  /**
   * A whole vNIC wished for: other priorities, often with a device more or less and automatic failover switched,
   * so that it takes several commands.
   */
  private set(vnic: Vnic): Change {
    const { random } = this;
    const kept = random.shuffled(vnic.devices).slice(0, vnic.devices.length > 1 && random.chance(0.5) ? -1 : undefined);
    const added = kept.length < 5 && random.chance(0.5) ? this.freePorts(vnic, 1) : [];
    const taken = new Set(vnic.devices.map(({ failoverPriority }) => failoverPriority));
    const devices = [
      ...kept.map(({ virtualIoServerId, adapterId, physicalPortId, capacity, failoverPriority }, i) => ({
        virtualIoServer: { id: virtualIoServerId },
        adapterId,
        physicalPortId,
        capacity,
        failoverPriority: i === 0 || random.chance(0.3) ? this.newPriority(taken) : failoverPriority,
      })),
      ...added.map((port) => ({ ...this.device(port), failoverPriority: this.newPriority(taken) })),
    ];
    const autoPriorityFailover = random.chance(0.3) ? !vnic.autoPriorityFailover : undefined;
    return { method: 'PUT', path: this.pathOf(vnic), body: { backingDevices: devices, autoPriorityFailover } };
  }

  /**
   * Two devices more for a vNIC that has room for them, made up so that the HMC's half answer can be prepared; or null.
   */
  nextAddition(): { readonly change: Change; readonly slot: number; readonly first: string } | null {
    const vnic = this.vnics().find(({ devices }) => devices.length < 5);
    if (vnic === undefined) return null;
    const devices = this.freePorts(vnic, 2).map((port, i) => ({
      ...this.device(port, vnic),
      failoverPriority: 97 + i,
    }));
    const [first] = devices;
    if (first === undefined) return null;
    const { adapterId, physicalPortId, capacity, failoverPriority, virtualIoServer } = first;
    return {
      change: { method: 'POST', path: `${this.pathOf(vnic)}/backing-devices`, body: { backingDevices: devices } },
      slot: vnic.slot,
      first: `sriov/${virtualIoServer.name}//${adapterId}/${physicalPortId}/${capacity}/${failoverPriority}`,
    };
  }

  create(): Change {
    const { random } = this;
    const ports = random.shuffled(DEVICE_PORTS).slice(0, random.whole(1, 3));
    const body = {
      ...(random.chance(0.2) ? { slot: this.freeNamedSlot() } : {}),
      portVlanId: this.ownVlan(),
      autoPriorityFailover: true,
      backingDevices: ports.map((port, i) => ({ ...this.device(port), failoverPriority: 10 * (i + 1) })),
    };
    return { method: 'POST', path: `${this.path()}/vnics`, body };
  }

  private label(): Change {
    const { home, labelPort } = this.territory;
    const { adapterId, physicalPortId } = labelPort;
    const path = `/v1/managed-systems/${home}/sriov/physical-ports/${adapterId}/${physicalPortId}`;
    return { method: 'PATCH', path, body: { label: `a${this.number}-${this.count}` } };
  }

  migrate(what: 'migrations' | 'migrations/validate' = 'migrations'): Change {
    const { home, away } = this.territory;
    const targetSystem = mtms(this.place().system) === home ? away : home;
    return { method: 'POST', path: `${this.path()}/${what}`, body: { targetSystem } };
  }

  setPriority(vnic: Vnic): Change {
    const device = this.random.pick(vnic.devices);
    const path = `${this.pathOf(vnic)}/backing-devices/${device.logicalPortId}`;
    return { method: 'PATCH', path, body: { failoverPriority: this.freePriority(vnic) } };
  }

  private addDevices(vnic: Vnic, count: number): Change {
    const devices = this.freePorts(vnic, count).map((port) => this.device(port, vnic));
    return { method: 'POST', path: `${this.pathOf(vnic)}/backing-devices`, body: { backingDevices: devices } };
  }

  private removeDevice(vnic: Vnic): Change {
    const device = this.random.pick(vnic.devices);
    return { method: 'DELETE', path: `${this.pathOf(vnic)}/backing-devices/${device.logicalPortId}` };
  }

  private activate(vnic: Vnic): Change {
    const others = vnic.devices.filter(({ logicalPortId }) => logicalPortId !== vnic.activeLogicalPortId);
    const device = this.random.pick(others.length === 0 ? vnic.devices : others);
    this.moved = vnic.slot;
    const path = `${this.pathOf(vnic)}/backing-devices/${device.logicalPortId}/activate`;
    return { method: 'POST', path, body: {} };
  }

  private vnics(): readonly Vnic[] {
    const { system, partition } = this.place();
    return system.vnics.filter((vnic) => vnic.partitionId === partition.id);
  }

  /** Where the partition is now. */
  place(): { readonly system: ManagedSystem; readonly partition: Partition } {
    const listed = this.estate.systems.flatMap((system) =>
      system.partitions
        .filter(({ name }) => name === this.territory.partition)
        .map((partition) => ({ system, partition })),
    );
    // Both systems list it while a migration runs.
    const found = listed.find(({ partition }) => partition.state === 'Running') ?? listed[0];
    if (found === undefined) throw new Error(`${this.territory.partition} is nowhere`);
    return found;
  }

  private device(
    port: (typeof DEVICE_PORTS)[number],
    vnic?: Vnic,
  ): {
    virtualIoServer: { name: string };
    adapterId: number;
    physicalPortId: number;
    capacity: number;
    failoverPriority: number;
  } {
    return {
      virtualIoServer: { name: this.random.pick(['vios1', 'vios2']) },
      ...port,
      capacity: 2,
      failoverPriority: vnic === undefined ? 50 : this.freePriority(vnic),
    };
  }

  private freePorts(vnic: Vnic, count: number): (typeof DEVICE_PORTS)[number][] {
    const free = DEVICE_PORTS.filter(
      (port) =>
        !vnic.devices.some((one) => one.adapterId === port.adapterId && one.physicalPortId === port.physicalPortId),
    );
    return this.random.shuffled(free).slice(0, count);
  }

  private freePriority(vnic: Vnic): number {
    return this.newPriority(new Set(vnic.devices.map(({ failoverPriority }) => failoverPriority)));
  }

  /** Adds it to those that are taken. */
  private newPriority(taken: Set<number>): number {
    for (;;) {
      const priority = this.random.whole(1, 96);
      if (taken.has(priority)) continue;
      taken.add(priority);
      return priority;
    }
  }

  private freeNamedSlot(): number {
    const taken = new Set(this.vnics().map(({ slot }) => slot));
    for (;;) {
      const slot = FIRST_NAMED_SLOT + this.random.whole(0, 90);
      if (!taken.has(slot)) return slot;
    }
  }

  /** 2 to 4094: no two vNICs of this partition get the same, so that each create is one of its kind. */
  private ownVlan(): number {
    return 2 + (this.count % 4093);
  }

  private path(): string {
    // By its name: another partition may get its id once it has gone.
    return `/v1/managed-systems/${mtms(this.place().system)}/partitions/${this.territory.partition}`;
  }

  pathOf(vnic: Vnic): string {
    return `${this.path()}/vnics/${vnic.slot}`;
  }
}
