import { Module } from '@nestjs/common';
import { InventoryModule } from '../inventory/inventory.module.js';
import { VirtualIoServersController } from './virtual-io-servers.controller.js';
import { VirtualIoServersService } from './virtual-io-servers.service.js';
import { VnicServersController } from './vnic-servers.controller.js';
import { VnicServersService } from './vnic-servers.service.js';

@Module({
  imports: [InventoryModule],
  controllers: [VirtualIoServersController, VnicServersController],
  providers: [VirtualIoServersService, VnicServersService],
})
export class VirtualIoServersModule {}
