import { Injectable } from '@nestjs/common';
import { listProfiles } from '../core/hmc-language/reads.js';
import { parsePartitionProfiles } from '../core/resources/partition-profile.js';
import { vnicProfileView } from '../core/resources/vnic-profile-view.js';
import type { PartitionAddress } from '../http/path-names.js';
import { ProblemError } from '../http/problem-error.js';
import { Reading } from '../http/reading.js';
import { Inventory } from '../inventory/inventory.js';
import { SystemInquiry } from '../inventory/system-inquiry.js';
import { vnicProfileDto, type VnicProfileDto } from './dto/vnic-profile.dto.js';
import { partitionAt } from './find-vnic.js';

/** What becomes of a vNIC when its partition is activated again. */
@Injectable()
export class VnicProfileService {
  constructor(
    private readonly inventory: Inventory,
    private readonly inquiry: SystemInquiry,
  ) {}

  async ofSlot(nameOrMtms: string, address: PartitionAddress, slot: number): Promise<Reading<VnicProfileDto>> {
    const system = await this.inventory.resolve(nameOrMtms);
    const snapshot = await this.inventory.read(system, ['partitions', 'vnics']);
    const partition = partitionAt(snapshot, address);
    // Both sides from one HMC: a profile is the HMC's own, not the system's.
    const profiles = await this.inquiry.read([snapshot.hmcId], listProfiles(system.mtms), parsePartitionProfiles);
    const view = vnicProfileView(partition, slot, snapshot.vnics, profiles.value);
    if (view.running === null && view.profiles.every(({ vnic }) => vnic === null)) {
      throw new ProblemError({
        type: 'target-not-found',
        detail: `Partition ${partition.name} of ${system.name} has no vNIC in slot ${slot}, neither now nor in a profile. List its vNICs to see which there are.`,
      });
    }
    return new Reading(vnicProfileDto(view), snapshot);
  }
}
