import { Injectable } from '@nestjs/common';
import { page, type PagingQuery } from '../http/paging.js';
import { Inventory } from '../inventory/inventory.js';
import { managedSystemDto, type ManagedSystemDto, type ManagedSystemListDto } from './dto/managed-system.dto.js';

@Injectable()
export class ManagedSystemsService {
  constructor(private readonly inventory: Inventory) {}

  async list(query: PagingQuery): Promise<ManagedSystemListDto> {
    const { items, nextCursor } = page(await this.inventory.systems(), query, (system) => [system.name, system.mtms]);
    return { items: items.map(managedSystemDto), nextCursor };
  }

  async get(nameOrMtms: string): Promise<ManagedSystemDto> {
    return managedSystemDto(await this.inventory.resolve(nameOrMtms));
  }
}
