import { Global, Module } from '@nestjs/common';
import { HealthController } from './health.controller.js';
import { DurabilityWatch } from './durability-watch.js';
import { HealthService } from './health.service.js';
import { ReplicaReadiness } from './replica-readiness.js';

@Global()
@Module({
  controllers: [HealthController],
  providers: [HealthService, DurabilityWatch, ReplicaReadiness],
  exports: [ReplicaReadiness],
})
export class HealthModule {}
