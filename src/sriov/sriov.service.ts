import { Injectable } from '@nestjs/common';
import { isOnSamePort } from '../core/resources/port-address.js';
import type { SriovAdapter } from '../core/resources/sriov-adapter.js';
import { wholeList } from '../http/page.dto.js';
import { page, type PagingQuery } from '../http/paging.js';
import { ProblemError } from '../http/problem-error.js';
import { Reading } from '../http/reading.js';
import { Inventory } from '../inventory/inventory.js';
import type { LogicalPortListDto } from './dto/logical-port.dto.js';
import { physicalPortDto, type PhysicalPortDto, type PhysicalPortListDto } from './dto/physical-port.dto.js';
import type { PhysicalPortsQuery } from './dto/physical-ports.query.js';
import type { SriovAdapterListDto } from './dto/sriov-adapter.dto.js';

@Injectable()
export class SriovService {
  constructor(private readonly inventory: Inventory) {}

  async adapters(system: string): Promise<Reading<SriovAdapterListDto>> {
    const snapshot = await this.inventory.read(await this.inventory.resolve(system), ['adapters']);
    return new Reading(wholeList([...snapshot.adapters].sort(byAdapterIdThenSlot)), snapshot);
  }

  async physicalPorts(system: string, query: PhysicalPortsQuery): Promise<Reading<PhysicalPortListDto>> {
    const snapshot = await this.inventory.read(await this.inventory.resolve(system), ['physicalPorts']);
    const wanted = snapshot.physicalPorts.filter((port) => query.label === undefined || port.label === query.label);
    const { items, nextCursor } = page(wanted, query, (port) => [port.adapterId, port.physicalPortId]);
    return new Reading({ items: items.map(physicalPortDto), nextCursor }, snapshot);
  }

  async physicalPort(system: string, adapterId: number, physicalPortId: number): Promise<Reading<PhysicalPortDto>> {
    const snapshot = await this.inventory.read(await this.inventory.resolve(system), ['physicalPorts']);
    const port = snapshot.physicalPorts.find((one) => isOnSamePort(one, { adapterId, physicalPortId }));
    if (port === undefined) {
      throw new ProblemError({
        type: 'target-not-found',
        detail:
          `${snapshot.system.name} has no physical port ${physicalPortId} on an adapter ${adapterId} in shared mode. ` +
          'List its physical ports; they are counted from 0.',
      });
    }
    const document = physicalPortDto(port);
    return new Reading(document, snapshot, document.etag);
  }

  async logicalPorts(system: string, query: PagingQuery): Promise<Reading<LogicalPortListDto>> {
    const snapshot = await this.inventory.read(await this.inventory.resolve(system), ['logicalPorts']);
    return new Reading(
      page(snapshot.logicalPorts, query, (port) => [port.adapterId, port.logicalPortId]),
      snapshot,
    );
  }
}

/** Adapters in dedicated mode have no id: they come last, by their slot. */
function byAdapterIdThenSlot(a: SriovAdapter, b: SriovAdapter): number {
  return (a.adapterId ?? Infinity) - (b.adapterId ?? Infinity) || (a.slotId < b.slotId ? -1 : 1);
}
