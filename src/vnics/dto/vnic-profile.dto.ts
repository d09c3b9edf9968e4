import { ApiProperty } from '@nestjs/swagger';
import type { ParsedBackingDeviceInput } from '../../core/hmc-language/backing-device-notation.js';
import type { ProfileVnic } from '../../core/resources/partition-profile.js';
import {
  PROFILE_PROPERTIES,
  PROFILE_WARNING_CODES,
  type ProfileDifference,
  type ProfileProperty,
  type ProfileView,
  type ProfileWarning,
  type ProfileWarningCode,
  type VnicProfileView,
} from '../../core/views/vnic-profile-view.js';
import type { AllowedMacAddresses, AllowedVlanIds } from '../../core/hmc-language/allowed-lists.js';
import { ApiNextCursor } from '../../http/page.dto.js';
import { PartitionRefDto } from '../../partitions/dto/partition.dto.js';
import { ApiAllowed } from './api-allowed.decorator.js';
import { vnicDto, VnicDto } from './vnic.dto.js';

class ProfileServerDto {
  @ApiProperty({ type: String, nullable: true, example: 'vios1' })
  name!: string | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 1 })
  id!: number | null;
}

class ProfileBackingDeviceDto implements ParsedBackingDeviceInput {
  @ApiProperty({ type: ProfileServerDto, description: 'By name, by id, or both, as the profile has it.' })
  virtualIoServer!: ProfileServerDto;

  @ApiProperty({ type: 'integer', example: 1 })
  adapterId!: number;

  @ApiProperty({ type: 'integer', description: 'Counted from 0.', example: 1 })
  physicalPortId!: number;

  @ApiProperty({ type: Number, nullable: true, description: 'Percent.', example: 2 })
  capacity!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 10 })
  failoverPriority!: number | null;

  @ApiProperty({ type: Number, nullable: true, description: 'Percent.', example: 100 })
  maxCapacity!: number | null;
}

class ProfileVnicDto implements ProfileVnic {
  @ApiProperty({ type: 'integer', example: 4 })
  slot!: number;

  @ApiProperty({ type: Boolean, nullable: true, example: true })
  autoPriorityFailover!: boolean | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 0 })
  portVlanId!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 0 })
  portVlanPriority!: number | null;

  @ApiAllowed('vlan')
  allowedVlanIds!: AllowedVlanIds | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'null where the profile names none: the HMC gives one at activation.',
    example: 'ea7c34000001',
  })
  macAddress!: string | null;

  @ApiAllowed('mac')
  allowedOsMacAddresses!: AllowedMacAddresses | null;

  @ApiProperty({
    type: Boolean,
    nullable: true,
    description: 'Whether the partition does not start without it.',
    example: false,
  })
  required!: boolean | null;

  @ApiProperty({ type: [ProfileBackingDeviceDto] })
  backingDevices!: readonly ProfileBackingDeviceDto[];

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'The fields of this vNIC in `vnic_adapters`, as printed, by the names of the command line.',
    example: { slot_num: '4', mode: 'ded', auto_priority_failover: '1' },
  })
  attributes!: Readonly<Record<string, string>>;
}

class ProfileDifferenceDto implements ProfileDifference {
  @ApiProperty({ enum: PROFILE_PROPERTIES, example: 'backingDevices' })
  property!: ProfileProperty;

  @ApiProperty({ type: String, example: 'Virtual I/O Server 1, adapter 1 port 0, capacity 2, priority 11' })
  running!: string;

  @ApiProperty({ type: String, example: 'Virtual I/O Server 1, adapter 1 port 0, capacity 2, priority 10' })
  profile!: string;
}

class ProfileViewDto implements ProfileView {
  @ApiProperty({ type: String, example: 'default_profile' })
  name!: string;

  @ApiProperty({ type: Boolean, description: 'The partition was activated with it.', example: true })
  current!: boolean;

  @ApiProperty({ type: Boolean, description: 'It is taken when nobody names another.', example: true })
  default!: boolean;

  @ApiProperty({
    type: ProfileVnicDto,
    nullable: true,
    description: 'null when the profile has none in this slot, or what it has is not told.',
  })
  vnic!: ProfileVnicDto | null;

  @ApiProperty({
    type: [ProfileDifferenceDto],
    description: 'Where it says otherwise than what runs.',
    example: [],
  })
  differences!: readonly ProfileDifferenceDto[];
}

class ProfileWarningDto implements ProfileWarning {
  @ApiProperty({ enum: PROFILE_WARNING_CODES, example: 'missing-in-profile' })
  code!: ProfileWarningCode;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'null when the HMC does not tell which one it would be.',
    example: 'default_profile',
  })
  profile!: string | null;

  @ApiProperty({ type: String, description: 'What is wrong, what it leads to, what to do about it.' })
  detail!: string;
}

export class VnicProfileDto {
  @ApiProperty({ type: PartitionRefDto, example: { name: 'iguana', id: 3 } })
  partition!: PartitionRefDto;

  @ApiProperty({ type: 'integer', example: 4 })
  slot!: number;

  @ApiProperty({
    type: Boolean,
    nullable: true,
    description:
      'Whether dynamic changes go into the current profile by themselves (`sync_curr_profile`); null when the HMC does not ' +
      'say.',
    example: false,
  })
  profileFollowsChanges!: boolean | null;

  @ApiProperty({ type: VnicDto, nullable: true, description: 'The vNIC as it is now; null when the slot is empty.' })
  running!: VnicDto | null;

  @ApiProperty({ type: [ProfileViewDto], description: 'Every profile of the partition.' })
  profiles!: readonly ProfileViewDto[];

  @ApiProperty({
    type: [ProfileWarningDto],
    description:
      'What the next activation with the current or the default profile would change, and profiles whose vNICs are not ' +
      'told; empty when there is neither.',
    example: [],
  })
  warnings!: readonly ProfileWarningDto[];
}

export class VnicProfileListDto {
  @ApiProperty({ type: [VnicProfileDto], description: 'In the order of slots.' })
  items!: readonly VnicProfileDto[];

  @ApiNextCursor()
  nextCursor!: string | null;

  @ApiProperty({
    type: [ProfileWarningDto],
    description: '`profile-not-told`: profiles that may have vNICs which are not shown here.',
    example: [],
  })
  warnings!: readonly ProfileWarningDto[];
}

/** The document of a vNIC and its profiles. */
export function vnicProfileDto({ running, ...view }: VnicProfileView): VnicProfileDto {
  const { partition, slot, profileFollowsChanges, profiles, warnings } = view;
  return {
    partition,
    slot,
    profileFollowsChanges,
    running: running === null ? null : vnicDto(running),
    profiles,
    warnings,
  };
}
