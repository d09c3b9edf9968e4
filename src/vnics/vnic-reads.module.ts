import { Module } from '@nestjs/common';
import { InventoryModule } from '../inventory/inventory.module.js';
import { VnicProfileController } from './vnic-profile.controller.js';
import { VnicProfileService } from './vnic-profile.service.js';
import { VnicReadsController } from './vnic-reads.controller.js';
import { VnicReadsService } from './vnic-reads.service.js';

@Module({
  imports: [InventoryModule],
  controllers: [VnicReadsController, VnicProfileController],
  providers: [VnicReadsService, VnicProfileService],
})
export class VnicReadsModule {}
