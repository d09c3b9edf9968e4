import { Injectable } from '@nestjs/common';
import { page, type PagingQuery } from '../http/paging.js';
import { Reading, type ReadingOrigin } from '../http/reading.js';
import { Inventory } from '../inventory/inventory.js';
import { timeOfDay } from '../time-of-day.js';
import { managedSystemDto, type ManagedSystemDto, type ManagedSystemListDto } from './dto/managed-system.dto.js';

@Injectable()
export class ManagedSystemsService {
  constructor(private readonly inventory: Inventory) {}

  async list(query: PagingQuery): Promise<Reading<ManagedSystemListDto>> {
    const { systems, readAt } = await this.inventory.systems();
    const { items, nextCursor } = page(systems, query, (system) => [system.name, system.mtms]);
    return new Reading({ items: items.map(managedSystemDto), nextCursor }, readOverHmcs(readAt));
  }

  async get(nameOrMtms: string): Promise<Reading<ManagedSystemDto>> {
    const system = await this.inventory.resolve(nameOrMtms);
    const readAt = Math.min(...system.seenBy.map((view) => view.readAt));
    return new Reading(managedSystemDto(system), readOverHmcs(readAt));
  }
}

/** What several HMCs list is as old as the oldest of their lists. */
function readOverHmcs(readAt: number): ReadingOrigin {
  return { hmcId: null, takenAt: timeOfDay(readAt) };
}
