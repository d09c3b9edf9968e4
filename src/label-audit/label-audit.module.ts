import { Module } from '@nestjs/common';
import { InventoryModule } from '../inventory/inventory.module.js';
import { LabelAuditController } from './label-audit.controller.js';
import { LabelAuditService } from './label-audit.service.js';

@Module({ imports: [InventoryModule], controllers: [LabelAuditController], providers: [LabelAuditService] })
export class LabelAuditModule {}
