import { ApiProperty } from '@nestjs/swagger';
import {
  FAILOVER_WARNING_CODES,
  type FailoverView,
  type FailoverWarning,
  type FailoverWarningCode,
} from '../../core/views/failover-view.js';
import { PartitionRefDto } from '../../partitions/dto/partition.dto.js';
import { BackingDeviceDto } from './backing-device.dto.js';

class FailoverWarningDto implements FailoverWarning {
  @ApiProperty({ enum: FAILOVER_WARNING_CODES, example: 'auto-failover-off' })
  code!: FailoverWarningCode;

  @ApiProperty({ type: String, description: 'What is wrong, what it leads to, what to do about it.' })
  detail!: string;

  @ApiProperty({ type: String, nullable: true, description: 'The device at fault, where it is one.', example: null })
  logicalPortId!: string | null;
}

export class FailoverDto implements FailoverView {
  @ApiProperty({ type: PartitionRefDto })
  partition!: PartitionRefDto;

  @ApiProperty({ type: 'integer', example: 6 })
  slot!: number;

  @ApiProperty({ type: Boolean, nullable: true, example: true })
  autoPriorityFailover!: boolean | null;

  @ApiProperty({
    type: BackingDeviceDto,
    nullable: true,
    description: 'The device that carries the traffic; null when the HMC shows none as active.',
  })
  active!: BackingDeviceDto | null;

  @ApiProperty({
    type: BackingDeviceDto,
    nullable: true,
    description: 'Of the other operational devices the one with the lowest number; null when there is none.',
  })
  next!: BackingDeviceDto | null;

  @ApiProperty({
    type: Boolean,
    description:
      'Whether the hypervisor goes to `next` by itself when `active` is lost; otherwise somebody must activate it.',
    example: true,
  })
  automatic!: boolean;

  @ApiProperty({
    type: BackingDeviceDto,
    nullable: true,
    description:
      'Of all operational devices the one with the lowest number: with automatic failover on the hypervisor goes there, also back.',
  })
  preferred!: BackingDeviceDto | null;

  @ApiProperty({ type: [BackingDeviceDto], description: 'All devices, the lowest number first.' })
  order!: readonly BackingDeviceDto[];

  @ApiProperty({ type: [FailoverWarningDto], description: 'The most dangerous first; empty when all is well.' })
  warnings!: readonly FailoverWarningDto[];
}
