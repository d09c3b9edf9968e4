import { Module } from '@nestjs/common';
import { JobsModule } from '../jobs/jobs.module.js';
import { PhysicalPortChangesController } from './physical-port-changes.controller.js';

@Module({ imports: [JobsModule], controllers: [PhysicalPortChangesController] })
export class PhysicalPortChangesModule {}
