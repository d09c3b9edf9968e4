import { Module } from '@nestjs/common';
import { InventoryModule } from '../inventory/inventory.module.js';
import { VirtualIoServersController } from './virtual-io-servers.controller.js';
import { VirtualIoServersService } from './virtual-io-servers.service.js';

@Module({
  imports: [InventoryModule],
  controllers: [VirtualIoServersController],
  providers: [VirtualIoServersService],
})
export class VirtualIoServersModule {}
