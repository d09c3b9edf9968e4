import { Module } from '@nestjs/common';
import { InventoryModule } from '../inventory/inventory.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { MigrationsController } from './migrations.controller.js';
import { MigrationsService } from './migrations.service.js';

@Module({ imports: [InventoryModule, JobsModule], controllers: [MigrationsController], providers: [MigrationsService] })
export class MigrationsModule {}
