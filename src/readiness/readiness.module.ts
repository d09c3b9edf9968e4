import { Module } from '@nestjs/common';
import { InventoryModule } from '../inventory/inventory.module.js';
import { ReadinessController } from './readiness.controller.js';
import { ReadinessService } from './readiness.service.js';

@Module({ imports: [InventoryModule], controllers: [ReadinessController], providers: [ReadinessService] })
export class ReadinessModule {}
