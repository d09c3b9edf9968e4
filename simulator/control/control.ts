import { electAll, portOf } from '../estate/estate.js';
import { partitionOf, systemOf } from '../estate/find.js';
import { type Estate, type ManagedSystem, mtms, type RmcState } from '../estate/model.js';
import type { ArmedFault, Fault, Faults } from '../faults/faults.js';
import type { Hmc, SystemConnection } from '../hmc.js';
import type { CommandLog } from '../log/command-log.js';
import type { Latency } from '../ssh/command-runner.js';
import type { LoginGuard } from '../ssh/login-guard.js';
import type { HmcSshServer } from '../ssh/ssh-server.js';

/** One running console. */
export interface RunningHmc {
  readonly hmc: Hmc;
  readonly server: HmcSshServer;
  readonly guard: LoginGuard;
  readonly latency: Latency;
  readonly initialLatency: Readonly<Latency>;
}

/**
 * What a test or a person can do to the simulated world from outside. Systems are named by name or MTMS, partitions by
 * name or id; every call throws an Error that says what it does not find. Times are milliseconds.
 */
export class SimulatorControl {
  private readonly initialEstate: Estate;

  constructor(
    private readonly estate: Estate,
    private readonly hmcs: readonly RunningHmc[],
    private readonly faults: Faults,
    private readonly log: CommandLog,
  ) {
    this.initialEstate = structuredClone(estate);
  }

  /** Shuts a Virtual I/O Server off: its backing devices are `Powered Off`. */
  virtualIoServerDown(system: string, vios: string | number): void {
    this.setPartitionState(system, vios, 'Not Activated', 'inactive');
  }

  virtualIoServerUp(system: string, vios: string | number): void {
    this.setPartitionState(system, vios, 'Running', 'active');
  }

  /** Takes the link away: backing devices on the port are `Link Down`. */
  portDown(system: string, adapterId: number, physicalPortId: number): void {
    this.setLink(system, adapterId, physicalPortId, false);
  }

  portUp(system: string, adapterId: number, physicalPortId: number): void {
    this.setLink(system, adapterId, physicalPortId, true);
  }

  /** Puts a status on a backing device, such as `Network Error`; null takes it away again. */
  setDeviceStatus(system: string, logicalPortId: string, status: string | null): void {
    const frame = systemOf(this.estate, system);
    const device = frame.vnics.flatMap((vnic) => vnic.devices).find((each) => each.logicalPortId === logicalPortId);
    if (!device) throw new Error(`there is no backing device ${logicalPortId} on ${frame.name}`);
    device.forcedStatus = status;
    electAll(frame);
  }

  /**
   * As lssyscfg prints them: `Running`, `Not Activated`, `Open Firmware` …; the RMC state stays where none is given.
   */
  setPartitionState(system: string, partition: string | number, state: string, rmcState?: RmcState): void {
    const frame = systemOf(this.estate, system);
    const found = partitionOf(frame, partition);
    found.state = state;
    if (rmcState !== undefined) found.rmcState = rmcState;
    electAll(frame);
  }

  /** The state of the frame itself, such as `Power Off`. */
  setSystemState(system: string, state: string): void {
    systemOf(this.estate, system).state = state;
  }

  /** How one HMC stands to a frame; `Connected` also makes a frame known to an HMC that did not know it. */
  setConnection(hmcId: string, system: string, state: SystemConnection['state']): void {
    this.find(hmcId).hmc.connections.set(mtms(systemOf(this.estate, system)), { state });
  }

  /** Of one HMC, or of all without an id. What is left out stays. */
  setLatency(latency: { readonly hmcId?: string; readonly readMs?: number; readonly changeMs?: number }): void {
    for (const each of this.selected(latency.hmcId)) {
      if (latency.readMs !== undefined) each.latency.readMs = latency.readMs;
      if (latency.changeMs !== undefined) each.latency.changeMs = latency.changeMs;
    }
  }

  /** Arms a fault; the id is for removeFault. It strikes once unless `times` says otherwise. */
  addFault(fault: Fault): number {
    if (fault.hmcId !== undefined) this.find(fault.hmcId);
    return this.faults.add(fault);
  }

  removeFault(id: number): boolean {
    return this.faults.remove(id);
  }

  clearFaults(): void {
    this.faults.clear();
  }

  listFaults(): readonly ArmedFault[] {
    return this.faults.list();
  }

  /** Cuts all open connections, of one HMC or of all; commands that run go on. */
  dropConnections(hmcId?: string): void {
    for (const each of this.selected(hmcId)) each.server.dropConnections();
  }

  /** The console goes down: nothing listens, connections are cut. The frames go on. */
  async stopHmc(hmcId: string): Promise<void> {
    await this.find(hmcId).server.stop();
  }

  /** The console comes up again, on the same port with the same host key. */
  async startHmc(hmcId: string): Promise<void> {
    await this.find(hmcId).server.start();
  }

  /** Opens locked accounts and forgets failed logins. */
  unlockAccounts(hmcId?: string): void {
    for (const each of this.selected(hmcId)) each.guard.unlockAll();
  }

  /** Minutes until an account opens again (0 = open), and failed logins since the last good one. */
  account(hmcId: string, username: string): { readonly minutesLocked: number; readonly failedLogins: number } {
    const { guard } = this.find(hmcId);
    return { minutesLocked: guard.minutesLocked(username), failedLogins: guard.failedLogins(username) };
  }

  /** What an HMC is like now; for the control API. */
  describeHmcs(): readonly object[] {
    return this.hmcs.map(({ hmc, server, latency }) => ({
      id: hmc.id,
      version: hmc.version,
      changeErrorStream: hmc.changeErrorStream,
      listening: server.listening,
      openConnections: server.openConnections,
      latency,
      users: hmc.users.map(({ username, taskRole }) => ({ username, taskRole })),
      systems: [...hmc.connections].map(([system, { state }]) => ({ mtms: system, state })),
    }));
  }

  /**
   * Everything as at the start: estate, latency, no fault, no lock, an empty log. Connections and what an HMC knows of
   * the frames stay. The objects of the estate are new ones.
   */
  reset(): void {
    const fresh = structuredClone(this.initialEstate);
    this.estate.systems.splice(0, this.estate.systems.length, ...fresh.systems);
    this.faults.clear();
    this.log.clear();
    for (const each of this.hmcs) {
      each.guard.unlockAll();
      Object.assign(each.latency, each.initialLatency);
    }
  }

  private setLink(system: string, adapterId: number, physicalPortId: number, up: boolean): void {
    const frame: ManagedSystem = systemOf(this.estate, system);
    const port = portOf(frame, adapterId, physicalPortId);
    if (!port) throw new Error(`there is no physical port ${physicalPortId} on adapter ${adapterId} of ${frame.name}`);
    port.linkUp = up;
    electAll(frame);
  }

  private find(hmcId: string): RunningHmc {
    const found = this.hmcs.find(({ hmc }) => hmc.id === hmcId);
    if (!found) throw new Error(`there is no HMC ${hmcId}; there are ${this.hmcs.map(({ hmc }) => hmc.id).join(', ')}`);
    return found;
  }

  private selected(hmcId: string | undefined): readonly RunningHmc[] {
    return hmcId === undefined ? this.hmcs : [this.find(hmcId)];
  }
}
