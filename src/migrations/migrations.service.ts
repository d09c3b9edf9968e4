import { Injectable } from '@nestjs/common';
import { showHmcVersion } from '../core/hmc-language/reads.js';
import { MIGRATION_PARTS } from '../core/migrations/migration-reading.js';
import { previewMigration, type MigrationPreview, type MigrationTarget } from '../core/migrations/preview-migration.js';
import { hmcFindings } from '../core/migrations/partition-findings.js';
import { findPartition } from '../core/operations/find-partition.js';
import { sameSystemRefusal } from '../core/operations/migration.js';
import type { Answer } from '../core/answer.js';
import { parseHmcVersion, type HmcVersion } from '../core/resources/hmc-version.js';
import type { Snapshot } from '../core/resources/snapshot.js';
import type { PartitionAddress } from '../http/path-names.js';
import { ProblemError } from '../http/problem-error.js';
import { Reading } from '../http/reading.js';
import { Inventory, type MergedSystem } from '../inventory/inventory.js';
import { resolveTargetSystem } from '../inventory/resolve-target-system.js';
import { SystemInquiry } from '../inventory/system-inquiry.js';

type Parts = (typeof MIGRATION_PARTS)[number];

/** Shows what would become of a migration; nothing is reserved, and the job plans anew. */
@Injectable()
export class MigrationsService {
  constructor(
    private readonly inventory: Inventory,
    private readonly inquiry: SystemInquiry,
  ) {}

  /**
   * @throws ProblemError target-not-found, unknown-reference, rule-violation, and what a reading of the source throws
   */
  async preview(system: string, address: PartitionAddress, targetSystem: string): Promise<Reading<MigrationPreview>> {
    const [source, target] = await Promise.all([
      this.inventory.resolve(system),
      resolveTargetSystem(this.inventory, targetSystem),
    ]);
    const same = sameSystemRefusal(source, target);
    if (same !== null) throw new ProblemError(same);
    const { snapshot, read } = await this.readBoth(source, target);
    const partition = findPartition(snapshot, { partition: address });
    if (!partition.ok) throw new ProblemError(partition.refusal);
    const found = previewMigration(snapshot, read, partition.value);
    return new Reading(found, snapshot, found.etag);
  }

  /** Both systems; a target that is not operating, or whose HMC knows no vNICs, is an answer of its own. */
  private async readBoth(
    source: MergedSystem,
    target: MergedSystem,
  ): Promise<{ readonly snapshot: Snapshot<Parts>; readonly read: MigrationTarget }> {
    const [both, hmcVersion] = await Promise.all([
      this.inventory
        .readBoth(source, MIGRATION_PARTS, { system: target, parts: MIGRATION_PARTS })
        .catch((error: unknown) => problemOf(error)),
      this.versionOf(target),
    ]);
    if (!(both instanceof ProblemError)) {
      const { targetSystem } = both;
      if (targetSystem === undefined) throw new Error('two systems were read, and one came back');
      const version = targetSystem.hmcId === hmcVersion.hmcId ? hmcVersion : await this.versionAt(targetSystem.hmcId);
      return { snapshot: both, read: { read: true, snapshot: targetSystem, hmcVersion: version } };
    }
    // Which of the two it was is not told: the source is read alone, and what fails there is the answer.
    const snapshot = await this.inventory.read(source, MIGRATION_PARTS);
    return { snapshot, read: unread(target, both, hmcVersion) };
  }

  /** Of the HMC that is asked first. */
  private async versionOf(target: MergedSystem): Promise<Answer<HmcVersion>> {
    return this.versionAt(target.seenBy[0]?.hmcId ?? '');
  }

  private versionAt(hmcId: string): Promise<Answer<HmcVersion>> {
    return this.inquiry.ask([hmcId], showHmcVersion(), parseHmcVersion);
  }
}

function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  throw error;
}

/** @throws ProblemError when it was not the target's state or its HMC's level */
function unread(target: MergedSystem, problem: ProblemError, version: Answer<HmcVersion>): MigrationTarget {
  const system = { mtms: target.mtms, name: target.name };
  if (problem.type === 'system-not-connected') {
    return { read: false, system, conflict: { code: 'target-not-operating', detail: problem.message } };
  }
  const [tooOld] = hmcFindings(version.hmcId ?? '', version).conflicts;
  if (problem.type === 'hmc-refused' && tooOld !== undefined) return { read: false, system, conflict: tooOld };
  throw problem;
}
