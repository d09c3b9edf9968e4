import { Module } from '@nestjs/common';
import { InventoryModule } from '../inventory/inventory.module.js';
import { ManagedSystemsController } from './managed-systems.controller.js';
import { ManagedSystemsService } from './managed-systems.service.js';

@Module({
  imports: [InventoryModule],
  controllers: [ManagedSystemsController],
  providers: [ManagedSystemsService],
})
export class ManagedSystemsModule {}
