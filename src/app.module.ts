import { Global, Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { AuthModule } from './auth/auth.module.js';
import { SERVICE_CONFIG, type ServiceConfig } from './config/service-config.js';
import { HealthModule } from './health/health.module.js';
import { HmcModule } from './hmc/hmc.module.js';
import { HmcsModule } from './hmcs/hmcs.module.js';
import { InventoryModule } from './inventory/inventory.module.js';
import { JobsModule } from './jobs/jobs.module.js';
import { LabelAuditModule } from './label-audit/label-audit.module.js';
import { LanesModule } from './lanes/lanes.module.js';
import { ManagedSystemsModule } from './managed-systems/managed-systems.module.js';
import { MigrationsModule } from './migrations/migrations.module.js';
import { ObservabilityModule } from './observability/observability.module.js';
import { PartitionsModule } from './partitions/partitions.module.js';
import { PlacementsModule } from './placements/placements.module.js';
import { ReadinessModule } from './readiness/readiness.module.js';
import type { LocalRedisServer } from './redis/local-redis-server.js';
import { RedisModule } from './redis/redis.module.js';
import { PhysicalPortChangesModule } from './sriov/physical-port-changes.module.js';
import { SriovModule } from './sriov/sriov.module.js';
import { VirtualIoServersModule } from './virtual-io-servers/virtual-io-servers.module.js';
import { VnicChangesModule } from './vnics/vnic-changes.module.js';
import { VnicReadsModule } from './vnics/vnic-reads.module.js';

/** The rooms of the house. Every process has all of them; ROLE decides what a room does (docs/architecture.md). */
const ROOMS: NonNullable<ModuleMetadata['imports']> = [
  AuthModule,
  ObservabilityModule,
  HealthModule,
  HmcModule,
  InventoryModule,
  HmcsModule,
  ManagedSystemsModule,
  ReadinessModule,
  PartitionsModule,
  VirtualIoServersModule,
  SriovModule,
  VnicReadsModule,
  PlacementsModule,
  LabelAuditModule,
  PhysicalPortChangesModule,
  VnicChangesModule,
  MigrationsModule,
  JobsModule,
  LanesModule,
];

/** The configuration, for everybody. */
@Global()
@Module({})
export class AppModule {
  /**
   * @param redisUrl the Redis in use: REDIS_URL, or the one of our own
   * @param further modules of a test
   */
  static of(
    config: ServiceConfig,
    redisUrl: string,
    local: LocalRedisServer | null,
    further: NonNullable<ModuleMetadata['imports']>,
  ): DynamicModule {
    return {
      module: AppModule,
      imports: [RedisModule.of(redisUrl, local), ...ROOMS, ...further],
      providers: [{ provide: SERVICE_CONFIG, useValue: config }],
      exports: [SERVICE_CONFIG],
    };
  }
}
