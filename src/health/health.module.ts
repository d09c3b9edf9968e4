import { Global, Module } from '@nestjs/common';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';
import { Readiness } from './readiness.js';

@Global()
@Module({ controllers: [HealthController], providers: [HealthService, Readiness], exports: [Readiness] })
export class HealthModule {}
