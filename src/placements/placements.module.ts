import { Module } from '@nestjs/common';
import { InventoryModule } from '../inventory/inventory.module.js';
import { PlacementsController } from './placements.controller.js';
import { PlacementsService } from './placements.service.js';

@Module({ imports: [InventoryModule], controllers: [PlacementsController], providers: [PlacementsService] })
export class PlacementsModule {}
