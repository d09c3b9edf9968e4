import { Module } from '@nestjs/common';
import { InventoryModule } from '../inventory/inventory.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { StoreModule } from '../store/store.module.js';
import { LaneWorker } from './lane-worker.js';
import { LanesController } from './lanes.controller.js';
import { LanesService } from './lanes.service.js';

/** When jobs run: lanes, turns, the sweep, the executor. */
@Module({
  imports: [InventoryModule, JobsModule, StoreModule],
  controllers: [LanesController],
  providers: [LanesService, LaneWorker],
})
export class LanesModule {}
