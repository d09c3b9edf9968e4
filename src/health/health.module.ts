import { Global, Module } from '@nestjs/common';
import { HealthController } from './health.controller.js';
import { DurabilityWatch } from './durability-watch.js';
import { HealthService } from './health.service.js';
import { Readiness } from './readiness.js';

@Global()
@Module({
  controllers: [HealthController],
  providers: [HealthService, DurabilityWatch, Readiness],
  exports: [Readiness],
})
export class HealthModule {}
