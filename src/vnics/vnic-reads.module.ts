import { Module } from '@nestjs/common';
import { InventoryModule } from '../inventory/inventory.module.js';
import { VnicReadsController } from './vnic-reads.controller.js';
import { VnicReadsService } from './vnic-reads.service.js';

@Module({ imports: [InventoryModule], controllers: [VnicReadsController], providers: [VnicReadsService] })
export class VnicReadsModule {}
