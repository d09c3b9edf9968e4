import { Module } from '@nestjs/common';
import { InventoryModule } from '../inventory/inventory.module.js';
import { SriovController } from './sriov.controller.js';
import { SriovService } from './sriov.service.js';

@Module({ imports: [InventoryModule], controllers: [SriovController], providers: [SriovService] })
export class SriovModule {}
