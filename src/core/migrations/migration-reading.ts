import type { Snapshot } from '../resources/snapshot.js';

/** What a migration is planned on, of the source and of the target system. */
export const MIGRATION_PARTS = ['partitions', 'adapters', 'physicalPorts', 'logicalPorts', 'vnics'] as const;
export type MigrationReading = Snapshot<(typeof MIGRATION_PARTS)[number]>;

/** What says which ports of a system can take devices. */
export type PortsReading = Snapshot<'adapters' | 'physicalPorts' | 'logicalPorts' | 'vnics'>;
