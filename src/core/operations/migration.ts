import type { Migration, HmcLogin } from '../hmc-language/migrations.js';
import type { HmcCommand } from '../hmc-language/command.js';
import type { Conflict } from '../migrations/findings.js';
import { MIGRATION_PARTS, type MigrationReading } from '../migrations/migration-reading.js';
import { migrationOf, previewMigration, type MigrationPreview } from '../migrations/preview-migration.js';
import { ok, refuse, type Refusal, type Result } from '../refusal.js';
import type { Partition } from '../resources/partition.js';
import type { Snapshot } from '../resources/snapshot.js';
import { vnicEtag } from '../resources/vnic-etag.js';
import { absence } from './bound-target.js';
import { findPartition } from './find-partition.js';
import type { Plan, Target, TargetAddress, TargetPresence } from './operation.js';

/**
 * What validating and migrating have in common. A migration is planned on both systems; a partition is bound by its
 * name and id on the source and by its UUID where the HMC tells it, because its id on the target may be another one.
 */

type TwoSystems = MigrationReading & { readonly targetSystem?: Snapshot & { readonly reachedThrough?: HmcLogin } };

/** Read again in full after the command: the same is planned, where the HMC was busy. */
export const PARTS = { needs: MIGRATION_PARTS, readback: MIGRATION_PARTS } as const;

/**
 * The partition of the path and the system of the body.
 * Refuses with `target-not-found`, `ambiguous-name`, `rule-violation` (the partition is there already) and
 * `migration-not-possible`.
 */
export function bindMigration(snapshot: TwoSystems, address: TargetAddress): Result<Target> {
  const found = findPartition(snapshot, address);
  if (!found.ok) return found;
  const same = sameSystemRefusal(snapshot.system, targetOf(snapshot).system);
  if (same !== null) return refuse(same);
  const preview = previewOf(snapshot, found.value);
  if (!preview.possible) return refuse(notPossible(preview));
  const { name, id, uuid } = found.value;
  const { mtms, name: targetName } = targetOf(snapshot).system;
  return ok({ partition: { name, id }, partitionUuid: uuid, targetSystem: { name: targetName, mtms } });
}

/** The refusal when source and target are one system, else null. */
export function sameSystemRefusal(
  source: { readonly mtms: string; readonly name: string },
  target: { readonly mtms: string },
): Refusal | null {
  return source.mtms === target.mtms
    ? {
        type: 'rule-violation',
        pointer: '/targetSystem',
        detail: `${source.name} is where the partition is. Name another managed system.`,
      }
    : null;
}

/** One command, with the mappings as the two systems are now; none when the partition is on the target already. */
export function planMigration(
  snapshot: TwoSystems,
  target: Target,
  command: (migration: Migration) => Result<HmcCommand>,
): Result<Plan> {
  const partition = boundPartitionOf(snapshot.partitions, target);
  if (partition === undefined) {
    return hasArrived(snapshot, target)
      ? ok({ steps: [], target })
      : refuse(absence(migrationPresence(snapshot, target)));
  }
  const preview = previewOf(snapshot, partition);
  if (!preview.possible) return refuse(notPossible(preview));
  const migration = migrationOf(preview, targetOf(snapshot).reachedThrough);
  const built = migration.ok ? command(migration.value) : migration;
  return built.ok ? ok({ steps: [{ command: built.value, movesActive: false }], target }) : built;
}

/** Whether the partition is still the one that was bound. 'gone' also after it has moved. */
export function migrationPresence(snapshot: Snapshot<'partitions'>, target: Target): TargetPresence {
  if (boundPartitionOf(snapshot.partitions, target) !== undefined) return 'present';
  return snapshot.partitions.some(({ id }) => id === target.partition?.id) ? 'replaced' : 'gone';
}

/** The target lists it, the source does not, and none of it is still on its way. */
export function hasArrived(snapshot: TwoSystems, target: Target): boolean {
  const there = samePartition(targetOf(snapshot).partitions, target);
  return there !== undefined && !isMoving(there) && samePartition(snapshot.partitions, target) === undefined;
}

/**
 * While a migration runs both systems list the partition, in a state that says so (words RECALLED, hmc-cli.md §1.8).
 */
export function isUnderWay(snapshot: TwoSystems, target: Target): boolean {
  const listed = [samePartition(snapshot.partitions, target), samePartition(targetOf(snapshot).partitions, target)];
  return listed.some((partition) => partition !== undefined && isMoving(partition));
}

/** Where the partition is and what of it is still on its way; its vNICs are the HMC's to carry. */
export function observedMigration(snapshot: TwoSystems, target: Target): unknown {
  const side = (partitions: readonly Partition[]): unknown => {
    const partition = samePartition(partitions, target);
    return partition === undefined ? null : { id: partition.id, moving: isMoving(partition) };
  };
  return { source: side(snapshot.partitions), target: side(targetOf(snapshot).partitions) };
}

/** Of the way that the preview shows now; null once the partition is not where it was bound. */
export function migrationEtagOf(snapshot: TwoSystems, target: Target): string | null {
  const partition = boundPartitionOf(snapshot.partitions, target);
  return partition === undefined ? null : previewOf(snapshot, partition).etag;
}

/** The partition where it is now, with its managed system and its vNICs; null when neither system lists it. */
export function migratedPartition(snapshot: TwoSystems, target: Target): unknown {
  const here = samePartition(snapshot.partitions, target);
  const other = targetOf(snapshot);
  const there = samePartition(other.partitions, target);
  const [partition, system] = here !== undefined ? [here, snapshot] : [there, other];
  if (partition === undefined) return null;
  return {
    ...partition,
    managedSystem: { name: system.system.name, mtms: system.system.mtms },
    vnics: system.vnics
      .filter((vnic) => vnic.partition.id === partition.id)
      .map((vnic) => ({ ...vnic, etag: vnicEtag(vnic) })),
    etag: migrationEtagOf(snapshot, target),
  };
}

function previewOf(snapshot: TwoSystems, partition: Partition): MigrationPreview {
  return previewMigration(snapshot, { read: true, snapshot: targetOf(snapshot), hmcVersion: null }, partition);
}

function notPossible({ partition, targetSystem, conflicts, backingDevices }: MigrationPreview): Refusal {
  const ofDevices = backingDevices
    .filter(({ target }) => target === null)
    .flatMap(({ slot, logicalPortId, conflicts: own }) =>
      own.map((conflict) => ({ slot, logicalPortId, ...conflict })),
    );
  const all: readonly Conflict[] = [...conflicts, ...ofDevices];
  return {
    type: 'migration-not-possible',
    detail: `${partition.name} cannot move to ${targetSystem.name} now. ${all[0]?.detail ?? ''}${
      all.length > 1 ? ` There ${all.length === 2 ? 'is' : 'are'} ${all.length - 1} more: see conflicts.` : ''
    }`,
    members: { conflicts: all },
  };
}

function targetOf({ targetSystem }: TwoSystems): NonNullable<TwoSystems['targetSystem']> {
  if (targetSystem === undefined) throw new Error('this operation needs a reading of its target system');
  return targetSystem;
}

/** On the source: in the bound place, and no other partition that has come there. */
function boundPartitionOf(partitions: readonly Partition[], target: Target): Partition | undefined {
  const found = samePartition(partitions, target);
  return found?.id === target.partition?.id ? found : undefined;
}

/** By its UUID, or by its name where the HMC tells no UUID. */
function samePartition(partitions: readonly Partition[], { partition, partitionUuid }: Target): Partition | undefined {
  const uuid = partitionUuid ?? null;
  return partitions.find((one) =>
    uuid !== null && one.uuid !== null ? one.uuid === uuid : one.name === partition?.name,
  );
}

function isMoving({ state }: Partition): boolean {
  return state !== null && state.startsWith('Migrating');
}
