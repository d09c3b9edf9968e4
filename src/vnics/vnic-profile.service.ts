import { Injectable } from '@nestjs/common';
import { listProfiles } from '../core/hmc-language/reads.js';
import { parsePartitionProfiles, type PartitionProfile } from '../core/resources/partition-profile.js';
import type { Partition } from '../core/resources/partition.js';
import type { Snapshot } from '../core/resources/snapshot.js';
import { profilesNotTold, vnicProfileView, vnicProfileViews } from '../core/views/vnic-profile-view.js';
import { wholeList } from '../http/page.dto.js';
import type { PartitionAddress } from '../http/path-names.js';
import { ProblemError } from '../http/problem-error.js';
import { Reading } from '../http/reading.js';
import { Inventory, type MergedSystem } from '../inventory/inventory.js';
import { SystemInquiry } from '../inventory/system-inquiry.js';
import { vnicProfileDto, type VnicProfileDto, type VnicProfileListDto } from './dto/vnic-profile.dto.js';
import { partitionAt } from './find-vnic.js';

/** A partition, and what one HMC shows of it now and in its profiles. */
interface Sides {
  readonly system: MergedSystem;
  readonly partition: Partition;
  readonly snapshot: Snapshot<'partitions' | 'vnics'>;
  readonly profiles: readonly PartitionProfile[];
}

/** What becomes of vNICs when their partition is activated again. */
@Injectable()
export class VnicProfileService {
  constructor(
    private readonly inventory: Inventory,
    private readonly inquiry: SystemInquiry,
  ) {}

  async ofPartition(nameOrMtms: string, address: PartitionAddress): Promise<Reading<VnicProfileListDto>> {
    const { partition, snapshot, profiles } = await this.sides(nameOrMtms, address);
    const views = vnicProfileViews(partition, snapshot.vnics, profiles);
    const warnings = profilesNotTold(partition, profiles);
    return new Reading({ ...wholeList(views.map(vnicProfileDto)), warnings }, snapshot);
  }

  async ofSlot(nameOrMtms: string, address: PartitionAddress, slot: number): Promise<Reading<VnicProfileDto>> {
    const { system, partition, snapshot, profiles } = await this.sides(nameOrMtms, address);
    const view = vnicProfileView(partition, slot, snapshot.vnics, profiles);
    if (view.running === null && view.profiles.every(({ vnic }) => vnic === null)) {
      const where =
        profilesNotTold(partition, profiles).length === 0 ? 'neither now nor' : 'now, and none that is told';
      throw new ProblemError({
        type: 'target-not-found',
        detail: `Partition ${partition.name} of ${system.name} has no vNIC in slot ${slot}, ${where} in a profile. List its vNICs to see which there are.`,
      });
    }
    return new Reading(vnicProfileDto(view), snapshot);
  }

  /** Both from one HMC: a profile is the HMC's own, not the system's. */
  private async sides(nameOrMtms: string, address: PartitionAddress): Promise<Sides> {
    const system = await this.inventory.resolve(nameOrMtms);
    const snapshot = await this.inventory.read(system, ['partitions', 'vnics']);
    const partition = partitionAt(snapshot, address);
    const { value } = await this.inquiry.read([snapshot.hmcId], listProfiles(system.mtms), parsePartitionProfiles);
    return { system, partition, snapshot, profiles: value };
  }
}
