import { Module } from '@nestjs/common';
import { SERVICE_CONFIG, type ServiceConfig } from '../config/service-config.js';
import { HmcConnections } from '../hmc/hmc-connections.js';
import { HmcModule } from '../hmc/hmc.module.js';
import { HmcInventory } from './hmc-inventory.js';
import { HmcReader } from './hmc-reader.js';
import { Inventory } from './inventory.js';
import { SystemDirectory } from './system-directory.js';
import { SystemInquiry } from './system-inquiry.js';

@Module({
  imports: [HmcModule],
  providers: [
    {
      provide: HmcReader,
      inject: [HmcConnections, SERVICE_CONFIG],
      useFactory: (connections: HmcConnections, config: ServiceConfig) =>
        new HmcReader(connections, config.hmcReadTimeoutSeconds * 1000),
    },
    {
      provide: SystemDirectory,
      inject: [HmcReader, HmcConnections],
      useFactory: (reader: HmcReader, connections: HmcConnections) => new SystemDirectory(reader, connections.hmcIds()),
    },
    {
      provide: Inventory,
      inject: [HmcReader, SystemDirectory],
      useFactory: (reader: HmcReader, directory: SystemDirectory) => new HmcInventory(reader, directory),
    },
    { provide: SystemInquiry, inject: [HmcReader], useFactory: (reader: HmcReader) => new SystemInquiry(reader) },
  ],
  exports: [Inventory, SystemDirectory, SystemInquiry, HmcReader],
})
export class InventoryModule {}
