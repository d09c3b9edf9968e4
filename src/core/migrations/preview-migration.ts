import { renderCommand } from '../hmc-language/quote-word.js';
import { validateMigration, vnicMappings, type Migration, type HmcLogin } from '../hmc-language/migrations.js';
import type { Answer } from '../answer.js';
import { ok, type Refusal, type Result } from '../refusal.js';
import type { HmcVersion } from '../resources/hmc-version.js';
import type { Partition } from '../resources/partition.js';
import type { PartitionRef } from '../hmc-language/partition-ref.js';
import type { Conflict, Warning } from './findings.js';
import { mapDevices, type MappedDevice } from './map-devices.js';
import { migrationEtag } from './migration-etag.js';
import type { MigrationReading } from './migration-reading.js';
import { hmcFindings, sourceFindings, targetFindings } from './partition-findings.js';

interface SystemRef {
  readonly mtms: string;
  readonly name: string;
}

/** The target as it was read, or why it could not be. */
export type MigrationTarget =
  | {
      readonly read: true;
      readonly snapshot: MigrationReading & { readonly reachedThrough?: HmcLogin };
      /** `lshmc -V` of the HMC that serves the target; null where nobody asked. */
      readonly hmcVersion: Answer<HmcVersion> | null;
    }
  | { readonly read: false; readonly system: SystemRef; readonly conflict: Conflict };

/** Whether a partition can move, where its devices go, and with which command. */
export interface MigrationPreview {
  readonly partition: PartitionRef & { readonly state: string | null };
  readonly sourceSystem: SystemRef;
  readonly targetSystem: SystemRef;
  /** As far as can be seen from here: the HMC looks at much more (storage, memory, processors) when it validates. */
  readonly possible: boolean;
  /** Of the partition and of the target; those of single devices stand with them. */
  readonly conflicts: readonly Conflict[];
  readonly warnings: readonly Warning[];
  /** In the order of slot and failover priority. */
  readonly backingDevices: readonly MappedDevice[];
  /** The value of `vnic_mappings`; null while it is not possible, and for a partition without vNICs. */
  readonly vnicMappings: string | null;
  /** `migrlpar -o v …` as it would be sent; null while it is not possible. */
  readonly command: string | null;
  /** Of the partition, the two systems and the mapping, for the `If-Match` of a validation or migration. */
  readonly etag: string;
}

/** What would become of a migration of this partition to that system. */
export function previewMigration(
  source: MigrationReading,
  target: MigrationTarget,
  partition: Partition,
): MigrationPreview {
  const found = findingsOf(source, target, partition);
  return { ...found, etag: migrationEtag(partition, source.system, found.targetSystem, found.vnicMappings) };
}

type Found = Omit<MigrationPreview, 'etag'>;

function findingsOf(source: MigrationReading, target: MigrationTarget, partition: Partition): Found {
  const base = {
    partition: { name: partition.name, id: partition.id, state: partition.state },
    sourceSystem: source.system,
  };
  const ofSource = sourceFindings(source, partition);
  const vnics = source.vnics.filter((vnic) => vnic.partition.id === partition.id);
  if (!target.read) {
    return {
      ...base,
      targetSystem: target.system,
      possible: false,
      conflicts: [...ofSource.conflicts, target.conflict],
      warnings: ofSource.warnings,
      backingDevices: mapDevices(source, nothingOf(source, target.system), vnics).map((device) => ({
        ...device,
        // Nothing is known of the target, which its own conflict says once.
        conflicts: device.conflicts.filter(({ code }) => ABOUT_SOURCE.includes(code)),
      })),
      vnicMappings: null,
      command: null,
    };
  }
  const { snapshot, hmcVersion } = target;
  const ofTarget = targetFindings(snapshot, partition);
  const ofHmc = hmcFindings(snapshot.hmcId, hmcVersion);
  const backingDevices = mapDevices(source, snapshot, vnics);
  const all = [ofSource, ofTarget, ofHmc];
  const conflicts = all.flatMap((one) => one.conflicts);
  const warnings = [...all.flatMap((one) => one.warnings), ...joinedServers(backingDevices)];
  const found: Found = {
    ...base,
    targetSystem: snapshot.system,
    possible: conflicts.length === 0 && backingDevices.every((device) => device.target !== null),
    conflicts,
    warnings,
    backingDevices,
    vnicMappings: null,
    command: null,
  };
  if (!found.possible) return found;
  const migration = migrationOf(found, snapshot.reachedThrough);
  if (!migration.ok) return notRepresentable(found, migration.refusal);
  const command = validateMigration(migration.value);
  if (!command.ok) return notRepresentable(found, command.refusal);
  return { ...found, vnicMappings: migration.value.vnicMappings, command: renderCommand(command.value) };
}

const notRepresentable = (found: Found, { detail }: Refusal): Found => ({
  ...found,
  possible: false,
  conflicts: [{ code: 'not-representable', detail }],
});

/** The parameters of the command for a migration that is possible. Refuses with `not-representable`. */
export function migrationOf(
  { partition, sourceSystem, targetSystem, backingDevices }: Omit<MigrationPreview, 'etag'>,
  remoteHmc: HmcLogin | undefined,
): Result<Migration> {
  const mappings = vnicMappings(
    backingDevices.flatMap(({ slot, target, capacity, source }) =>
      target === null ? [] : [{ slot, target, capacity, source }],
    ),
  );
  return mappings.ok
    ? ok({
        sourceMtms: sourceSystem.mtms,
        targetMtms: targetSystem.mtms,
        partitionId: partition.id,
        remoteHmc,
        vnicMappings: backingDevices.length === 0 ? null : mappings.value,
      })
    : mappings;
}

const ABOUT_SOURCE: readonly string[] = ['source-port-unknown', 'port-without-label'];

/** A target of which nothing is known. */
function nothingOf(source: MigrationReading, system: SystemRef): MigrationReading {
  return { ...source, system, partitions: [], adapters: [], physicalPorts: [], logicalPorts: [], vnics: [] };
}

/** vNICs whose devices are on different Virtual I/O Servers now and will not be any more. */
function joinedServers(devices: readonly MappedDevice[]): readonly Warning[] {
  const warnings: Warning[] = [];
  for (const slot of new Set(devices.map((device) => device.slot))) {
    const ofVnic = devices.filter((device) => device.slot === slot);
    const before = new Set(ofVnic.map(({ source }) => source.virtualIoServer.id));
    const after = new Set(ofVnic.flatMap(({ target }) => target?.virtualIoServer.id ?? []));
    if (ofVnic.every(({ target }) => target !== null) && after.size < before.size) {
      warnings.push({
        code: 'virtual-io-servers-joined',
        detail: `The devices of the vNIC in slot ${slot} are on ${before.size} Virtual I/O Servers and would be on ${after.size}.`,
      });
    }
  }
  return warnings;
}
