import { migratePartition } from '../hmc-language/migrations.js';
import {
  bindMigration,
  hasArrived,
  isUnderWay,
  migratedPartition,
  migrationEtagOf,
  migrationPresence,
  observedMigration,
  PARTS,
  planMigration,
} from './migration.js';
import type { Operation } from './operation.js';
import type { MigrationRequest } from './requests.js';

/** Live Partition Mobility to another managed system. Both systems are changed, so both lanes are held. */
export const partitionMigrate: Operation<MigrationRequest> = {
  name: 'partition.migrate',
  ...PARTS,
  targetSystem: { ...PARTS, holdsLane: true },
  bind: bindMigration,
  presence: migrationPresence,
  plan: (snapshot, target) => planMigration(snapshot, target, migratePartition),
  holds: hasArrived,
  isUnderWay,
  observe: observedMigration,
  etag: migrationEtagOf,
  result: migratedPartition,
};
