import { Injectable } from '@nestjs/common';
import {
  auditLabels,
  type AskedSystem,
  type LabelAudit,
  type AskedSystemRef,
} from '../core/label-audit/label-audit.js';
import { page, type PagingQuery } from '../http/paging.js';
import { ProblemError } from '../http/problem-error.js';
import { Inventory, type MergedSystem } from '../inventory/inventory.js';
import { SystemDirectory } from '../inventory/system-directory.js';
import type { LabelAuditDto } from './dto/label-audit.dto.js';
import { piecewise } from './piecewise.js';

/** A system that could not be read, and why. */
interface Unread {
  readonly system: AskedSystemRef;
  readonly error: ProblemError;
}
type Outcome = AskedSystem | Unread;

@Injectable()
export class LabelAuditService {
  constructor(
    private readonly inventory: Inventory,
    private readonly directory: SystemDirectory,
  ) {}

  /**
   * Asks all systems at once. @throws ProblemError for a name that stands for no system or for several, and when no
   * system can be read the problem of the first
   */
  async of(names: readonly string[], paging: PagingQuery): Promise<LabelAuditDto> {
    const outcomes = await Promise.all(names.map((name) => this.ask(name)));
    // One that is named twice, by its name and its MTMS, is one system.
    const systems = [...new Map(outcomes.map((each) => [each.system.mtms ?? each.system.name, each])).values()];
    const [first] = systems;
    if (first !== undefined && 'error' in first && systems.every((each) => 'error' in each)) throw first.error;
    return onePage(await piecewise(auditLabels(systems.map(asked))), paging);
  }

  private async ask(nameOrMtms: string): Promise<Outcome> {
    let system: MergedSystem;
    try {
      system = await this.inventory.resolve(nameOrMtms);
    } catch (error) {
      return { system: this.remembered(nameOrMtms), error: cannotBeRead(error) };
    }
    const { name, mtms } = system;
    try {
      const reading = await this.inventory.read(system, ['adapters', 'physicalPorts', 'logicalPorts', 'vnics']);
      return { system: { name, mtms }, reading };
    } catch (error) {
      return { system: { name, mtms }, error: cannotBeRead(error) };
    }
  }

  /** As an HMC listed it that is away now. */
  private remembered(nameOrMtms: string): AskedSystemRef {
    const found = this.directory
      .known()
      .flatMap(({ systems }) => systems ?? [])
      .filter(({ name, mtms }) => name === nameOrMtms || mtms === nameOrMtms);
    const [first] = found;
    return first !== undefined && found.every(({ mtms }) => mtms === first.mtms)
      ? { name: first.name, mtms: first.mtms }
      : { name: nameOrMtms, mtms: null };
  }
}

/** What the call itself has wrong is thrown on, and so is a fault of ours. */
function cannotBeRead(error: unknown): ProblemError {
  if (!(error instanceof ProblemError) || ['target-not-found', 'ambiguous-name'].includes(error.type)) throw error;
  return error;
}

function asked(outcome: Outcome): AskedSystem {
  if (!('error' in outcome)) return outcome;
  const { system, error } = outcome;
  return { system, reading: null, problem: error.type, reason: error.message };
}

/**
 * The partitions of all moves are one list, which grows with the square of the systems:
 * those that could not move first.
 */
function onePage(audit: LabelAudit, paging: PagingQuery): LabelAuditDto {
  const listed = audit.moves.flatMap((move) => move.partitions.map((partition) => ({ move, partition })));
  const { items, nextCursor } = page(listed, paging, ({ move: { from, to }, partition: { movable, id } }) => [
    movable ? 1 : 0,
    from.mtms ?? from.name,
    to.mtms ?? to.name,
    id,
  ]);
  const moves = audit.moves.map((move) => ({
    ...move,
    partitions: items.filter((item) => item.move === move).map(({ partition }) => partition),
  }));
  return { ...audit, moves, nextCursor };
}
