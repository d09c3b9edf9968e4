import { Injectable } from '@nestjs/common';
import type { HmcCommand } from '../core/hmc-language/command.js';
import { renderCommand } from '../core/hmc-language/quote-word.js';
import {
  listManagedSystems,
  listPartitions,
  listPhysicalPorts,
  listSriovAdapters,
  showFirmwareLevel,
  showHmcVersion,
} from '../core/hmc-language/reads.js';
import { showVirtualIoServerLevel } from '../core/hmc-language/virtual-io-server-reads.js';
import type { Answer } from '../core/answer.js';
import { judgeReadiness } from '../core/readiness/readiness.js';
import { parseFirmwareLevel } from '../core/resources/firmware-level.js';
import { parseHmcVersion, type HmcVersion } from '../core/resources/hmc-version.js';
import { parseManagedSystems, type ManagedSystem } from '../core/resources/managed-system.js';
import { virtualIoServersOf, type Partition } from '../core/resources/partition.js';
import { PHYSICAL_PORT_LEVELS } from '../core/hmc-language/physical-port-level.js';
import type { Snapshot, SnapshotPart } from '../core/resources/snapshot.js';
import { parseVirtualIoServerLevel } from '../core/resources/virtual-io-server-level.js';
import { ProblemError } from '../http/problem-error.js';
import { Inventory, type MergedSystem } from '../inventory/inventory.js';
import { SystemDirectory } from '../inventory/system-directory.js';
import { SystemInquiry, untold } from '../inventory/system-inquiry.js';
import type { ReadinessDto } from './dto/readiness.dto.js';

@Injectable()
export class ReadinessService {
  constructor(
    private readonly inventory: Inventory,
    private readonly directory: SystemDirectory,
    private readonly inquiry: SystemInquiry,
  ) {}

  /** Asks everybody at once; what does not answer is unknown, and holds nothing else up but for its time limit. */
  async of(nameOrMtms: string): Promise<ReadinessDto> {
    const system = await this.inventory.resolve(nameOrMtms);
    const { mtms, name } = system;
    const checkedAt = new Date().toISOString();
    const hmcIds = system.seenBy.map((view) => view.hmcId);
    const [hmcs, listed, firmware, adapters, physicalPorts, servers] = await Promise.all([
      this.managersOf(mtms),
      this.systemItself(mtms, hmcIds),
      this.inquiry.ask(hmcIds, showFirmwareLevel(mtms), parseFirmwareLevel),
      this.part(system, 'adapters', [listSriovAdapters(mtms)], ({ adapters }) => adapters),
      this.part(
        system,
        'physicalPorts',
        PHYSICAL_PORT_LEVELS.map((level) => listPhysicalPorts(mtms, level)),
        (snapshot) => snapshot.physicalPorts,
      ),
      this.serversOf(system, hmcIds),
    ]);
    const readiness = judgeReadiness({
      systemName: name,
      hmcs,
      system: listed,
      firmware,
      ...servers,
      adapters,
      physicalPorts,
      physicalPortCommand: ({ level }) => renderCommand(listPhysicalPorts(mtms, level)),
    });
    return { managedSystem: { name, mtms }, verdict: readiness.verdict, checkedAt, checks: readiness.checks };
  }

  /**
   * The level of every HMC that lists the system, or did when it could last be read. One that could never be read may list
   * it, too.
   */
  private async managersOf(mtms: string): Promise<{ hmcId: string; version: Answer<HmcVersion> }[]> {
    const listings = await this.directory.listings(true);
    const maybe = listings.filter(({ systems }) => systems === null || systems.some((system) => system.mtms === mtms));
    return Promise.all(
      maybe.map(async ({ hmcId, systems, problem }) => ({
        hmcId,
        version:
          systems === null
            ? neverListed(hmcId, problem)
            : await this.inquiry.ask([hmcId], showHmcVersion(), parseHmcVersion),
      })),
    );
  }

  /** The system as each HMC lists it now: of the HMC that says most of it. */
  private async systemItself(mtms: string, hmcIds: readonly string[]): Promise<Answer<ManagedSystem>> {
    const ask = (hmcId: string): Promise<Answer<readonly ManagedSystem[]>> =>
      this.inquiry.ask([hmcId], listManagedSystems(), parseManagedSystems);
    const found = (await Promise.all(hmcIds.map(ask))).map((answer): Answer<ManagedSystem> => {
      if (!answer.told) return answer;
      const { value, command, hmcId } = answer;
      const system = value.find((one) => one.mtms === mtms);
      if (system !== undefined) return { told: true, value: system, command, hmcId };
      return { told: false, reason: `HMC ${hmcId} no longer lists the system.`, command, hmcId };
    });
    const [best] = found.sort((a, b) => telling(b) - telling(a));
    return (
      best ?? {
        told: false,
        reason: 'No HMC lists the system.',
        command: renderCommand(listManagedSystems()),
        hmcId: null,
      }
    );
  }

  private async part<P extends SnapshotPart, T>(
    system: MergedSystem,
    part: P,
    commands: readonly HmcCommand[],
    pick: (snapshot: Snapshot<P>) => T,
  ): Promise<Answer<T>> {
    const line = commands.map(renderCommand).join('\n');
    try {
      const snapshot = await this.inventory.read(system, [part]);
      return { told: true, value: pick(snapshot), command: line, hmcId: snapshot.hmcId };
    } catch (error) {
      return untold(error, line);
    }
  }

  /** The partitions, and the level of each Virtual I/O Server by its own word. */
  private async serversOf(
    system: MergedSystem,
    hmcIds: readonly string[],
  ): Promise<{
    readonly partitions: Answer<readonly Partition[]>;
    readonly virtualIoServerLevels: ReadonlyMap<number, Answer<string>>;
  }> {
    const partitions = await this.part(system, 'partitions', [listPartitions(system.mtms)], (read) => read.partitions);
    const servers = partitions.told ? virtualIoServersOf(partitions.value) : [];
    const levels = await Promise.all(
      servers.map(async ({ id }) => {
        const command = showVirtualIoServerLevel(system.mtms, id);
        return [id, await this.inquiry.ask(hmcIds, command, parseVirtualIoServerLevel)] as const;
      }),
    );
    return { partitions, virtualIoServerLevels: new Map(levels) };
  }
}

function neverListed(hmcId: string, problem: ProblemError | null): Answer<never> {
  const why = problem === null ? '' : ` ${problem.message}`;
  return {
    told: false,
    reason: `HMC ${hmcId} could not be read since this service was started: whether it manages the system is not known.${why}`,
    command: renderCommand(listManagedSystems()),
    hmcId,
  };
}

/** An HMC that sees the system Operating says more than one that does not, and one that lists vNIC flags most. */
function telling(answer: Answer<ManagedSystem>): number {
  if (!answer.told) return 0;
  const { state, attributes } = answer.value;
  const flags = Object.entries(attributes).some(([name, value]) => /vnic/i.test(name) && value !== 'unavailable');
  return 1 + (state === 'Operating' ? 2 : 0) + (flags ? 1 : 0);
}
