import { Injectable } from '@nestjs/common';
import { place, type Placement } from '../core/placement/place.js';
import type { PlacementRequest } from '../core/placement/placement-request.js';
import { ProblemError } from '../http/problem-error.js';
import { Reading } from '../http/reading.js';
import { Inventory } from '../inventory/inventory.js';

/** Answers where devices would go; nothing is reserved, and a create with a placement decides anew. */
@Injectable()
export class PlacementsService {
  constructor(private readonly inventory: Inventory) {}

  /** @throws ProblemError no-placement, and what the request names and is not there */
  async place(system: string, request: PlacementRequest): Promise<Reading<Placement>> {
    const snapshot = await this.inventory.read(await this.inventory.resolve(system), [
      'partitions',
      'adapters',
      'physicalPorts',
      'logicalPorts',
      'vnics',
    ]);
    const placed = place(snapshot, request);
    if (!placed.ok) throw new ProblemError(placed.refusal);
    return new Reading(placed.value, snapshot);
  }
}
