import { Module } from '@nestjs/common';
import { JobsModule } from '../jobs/jobs.module.js';
import { VnicChangesController } from './vnic-changes.controller.js';

@Module({ imports: [JobsModule], controllers: [VnicChangesController] })
export class VnicChangesModule {}
