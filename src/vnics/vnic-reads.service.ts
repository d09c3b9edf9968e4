import { Injectable } from '@nestjs/common';
import { failoverView } from '../core/views/failover-view.js';
import type { Snapshot } from '../core/resources/snapshot.js';
import { wholeList } from '../http/page.dto.js';
import { page, type PagingQuery } from '../http/paging.js';
import type { PartitionAddress } from '../http/path-names.js';
import { Reading } from '../http/reading.js';
import { Inventory } from '../inventory/inventory.js';
import type { FailoverDto } from './dto/failover.dto.js';
import { vnicDto, type VnicDto, type VnicListDto } from './dto/vnic.dto.js';
import { vnicAt, vnicsOf } from './find-vnic.js';

/**
 * The reading side of vNICs. One partition's vNICs are cut out of the whole system's listing: that is one command too,
 * and the same one for everybody who reads at that moment.
 */
@Injectable()
export class VnicReadsService {
  constructor(private readonly inventory: Inventory) {}

  async ofSystem(system: string, query: PagingQuery): Promise<Reading<VnicListDto>> {
    const snapshot = await this.inventory.read(await this.inventory.resolve(system), ['vnics']);
    const { items, nextCursor } = page(snapshot.vnics, query, ({ partition, slot }) => [partition.id, slot]);
    return new Reading({ items: items.map(vnicDto), nextCursor }, snapshot);
  }

  async ofPartition(system: string, partition: PartitionAddress): Promise<Reading<VnicListDto>> {
    const snapshot = await this.read(system);
    return new Reading(wholeList(vnicsOf(snapshot, partition).map(vnicDto)), snapshot);
  }

  async inSlot(system: string, partition: PartitionAddress, slot: number): Promise<Reading<VnicDto>> {
    const snapshot = await this.read(system);
    const document = vnicDto(vnicAt(snapshot, partition, slot));
    return new Reading(document, snapshot, document.etag);
  }

  async failover(system: string, partition: PartitionAddress, slot: number): Promise<Reading<FailoverDto>> {
    const snapshot = await this.read(system);
    return new Reading(failoverView(vnicAt(snapshot, partition, slot)), snapshot);
  }

  private async read(system: string): Promise<Snapshot<'partitions' | 'vnics'>> {
    return this.inventory.read(await this.inventory.resolve(system), ['partitions', 'vnics']);
  }
}
