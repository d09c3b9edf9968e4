import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiSystemProblems } from '../http/api-problems.decorator.js';
import type { PartitionAddress } from '../http/path-names.js';
import {
  ApiPartitionParam,
  ApiSlotParam,
  ApiSystemParam,
  PartitionSegment,
  SlotSegment,
  SystemSegment,
} from '../http/path-parameters.js';
import { AnswersReadings, ApiReading, type Reading } from '../http/reading.js';
import { VnicProfileDto, VnicProfileListDto } from './dto/vnic-profile.dto.js';
import { VnicProfileService } from './vnic-profile.service.js';

@ApiTags('vNICs')
@Controller('v1/managed-systems/:system/partitions/:partition')
@AnswersReadings()
export class VnicProfileController {
  constructor(private readonly profiles: VnicProfileService) {}

  @Get('profile')
  @ApiOperation({
    operationId: 'listVnicProfiles',
    summary: 'Show all vNICs of a partition as they run beside its profiles',
    description:
      'Every slot in which the partition has a vNIC now or in a profile, each as `…/vnics/{slot}/profile` shows it: what the ' +
      'next activation would take, bring or change. In the order of slots; empty when there is none. Role: viewer.',
  })
  @ApiPartitionParam('iguana')
  @ApiSystemParam()
  @ApiReading(VnicProfileListDto)
  @ApiSystemProblems()
  list(
    @SystemSegment() system: string,
    @PartitionSegment() partition: PartitionAddress,
  ): Promise<Reading<VnicProfileListDto>> {
    return this.profiles.ofPartition(system, partition);
  }

  @Get('vnics/:slot/profile')
  @ApiOperation({
    operationId: 'getVnicProfile',
    summary: 'Show a vNIC as it runs beside the profiles of its partition',
    description:
      'A vNIC that was made or changed while the partition runs is not in its profile unless `sync_curr_profile` is on: at ' +
      'the next activation with the profile it is gone, or as it was. Shown are the running vNIC and what each profile has ' +
      'in its slot, with warnings where the current or the default profile differs. 404 when neither has one. Role: viewer.',
  })
  @ApiSlotParam(4)
  @ApiPartitionParam('iguana')
  @ApiSystemParam()
  @ApiReading(VnicProfileDto)
  @ApiSystemProblems()
  get(
    @SystemSegment() system: string,
    @PartitionSegment() partition: PartitionAddress,
    @SlotSegment() slot: number,
  ): Promise<Reading<VnicProfileDto>> {
    return this.profiles.ofSlot(system, partition, slot);
  }
}
