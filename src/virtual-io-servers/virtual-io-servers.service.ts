import { Injectable } from '@nestjs/common';
import { wholeList } from '../http/page.dto.js';
import { Reading } from '../http/reading.js';
import { Inventory } from '../inventory/inventory.js';
import type { PartitionListDto } from '../partitions/dto/partition.dto.js';

/** `lpar_env` of a Virtual I/O Server (hmc-cli.md §1.8). */
const VIRTUAL_IO_SERVER = 'vioserver';

@Injectable()
export class VirtualIoServersService {
  constructor(private readonly inventory: Inventory) {}

  async list(system: string): Promise<Reading<PartitionListDto>> {
    const snapshot = await this.inventory.read(await this.inventory.resolve(system), ['partitions']);
    const servers = snapshot.partitions.filter((partition) => partition.environment === VIRTUAL_IO_SERVER);
    return new Reading(wholeList(servers.sort((a, b) => a.id - b.id)), snapshot);
  }
}
