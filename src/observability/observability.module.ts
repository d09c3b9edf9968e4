import { Global, Module } from '@nestjs/common';
import { JobJournal } from './job-journal.js';
import { MetricsController } from './metrics.controller.js';
import { Metrics } from './metrics.js';

@Global()
@Module({ controllers: [MetricsController], providers: [Metrics, JobJournal], exports: [Metrics, JobJournal] })
export class ObservabilityModule {}
