import { Module } from '@nestjs/common';
import { InventoryModule } from '../inventory/inventory.module.js';
import { PartitionsController } from './partitions.controller.js';
import { PartitionsService } from './partitions.service.js';

@Module({ imports: [InventoryModule], controllers: [PartitionsController], providers: [PartitionsService] })
export class PartitionsModule {}
