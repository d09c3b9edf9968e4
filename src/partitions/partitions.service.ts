import { Injectable } from '@nestjs/common';
import { page, type PagingQuery } from '../http/paging.js';
import { Reading } from '../http/reading.js';
import { Inventory } from '../inventory/inventory.js';
import type { PartitionListDto } from './dto/partition.dto.js';

@Injectable()
export class PartitionsService {
  constructor(private readonly inventory: Inventory) {}

  async list(system: string, query: PagingQuery): Promise<Reading<PartitionListDto>> {
    const snapshot = await this.inventory.read(await this.inventory.resolve(system), ['partitions']);
    return new Reading(
      page(snapshot.partitions, query, ({ id }) => [id]),
      snapshot,
    );
  }
}
