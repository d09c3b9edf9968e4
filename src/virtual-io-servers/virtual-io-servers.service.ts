import { Injectable } from '@nestjs/common';
import { virtualIoServersOf } from '../core/resources/partition.js';
import { wholeList } from '../http/page.dto.js';
import { Reading } from '../http/reading.js';
import { Inventory } from '../inventory/inventory.js';
import type { PartitionListDto } from '../partitions/dto/partition.dto.js';

@Injectable()
export class VirtualIoServersService {
  constructor(private readonly inventory: Inventory) {}

  async list(system: string): Promise<Reading<PartitionListDto>> {
    const snapshot = await this.inventory.read(await this.inventory.resolve(system), ['partitions']);
    const servers = virtualIoServersOf(snapshot.partitions);
    return new Reading(wholeList(servers.sort((a, b) => a.id - b.id)), snapshot);
  }
}
