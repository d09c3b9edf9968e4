import { validateMigration } from '../hmc-language/migrations.js';
import {
  bindMigration,
  migratedPartition,
  migrationEtagOf,
  migrationPresence,
  observedMigration,
  PARTS,
  planMigration,
} from './migration.js';
import type { Operation } from './operation.js';
import type { MigrationRequest } from './requests.js';

/** Asks the HMC whether a migration would succeed: it looks at much more than can be read. Changes nothing. */
export const partitionValidateMigration: Operation<MigrationRequest> = {
  name: 'partition.validate-migration',
  ...PARTS,
  targetSystem: { ...PARTS, holdsLane: false },
  asks: true,
  bind: bindMigration,
  presence: migrationPresence,
  plan: (snapshot, target) => planMigration(snapshot, target, validateMigration),
  // Nothing is wished for but the answer.
  holds: () => false,
  observe: observedMigration,
  etag: migrationEtagOf,
  result: migratedPartition,
};
