import { Module } from '@nestjs/common';
import { HmcModule } from '../hmc/hmc.module.js';
import { InventoryModule } from '../inventory/inventory.module.js';
import { HmcsController } from './hmcs.controller.js';
import { HmcsService } from './hmcs.service.js';

@Module({ imports: [HmcModule, InventoryModule], controllers: [HmcsController], providers: [HmcsService] })
export class HmcsModule {}
