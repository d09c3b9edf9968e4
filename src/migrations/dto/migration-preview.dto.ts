import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  CONFLICT_CODES,
  WARNING_CODES,
  type Conflict,
  type ConflictCode,
  type Warning,
  type WarningCode,
} from '../../core/migrations/findings.js';
import type { MappedDevice, TargetPort } from '../../core/migrations/map-devices.js';
import type { MigrationPreview } from '../../core/migrations/preview-migration.js';
import { PartitionRefDto } from '../../partitions/dto/partition.dto.js';

class MigrationSystemDto {
  @ApiProperty({ example: 'saurian-9119-MME-659707C' })
  name!: string;

  @ApiProperty({ description: 'type-model*serial.', example: '9119-MME*659707C' })
  mtms!: string;
}

class MigrationPartitionDto extends PartitionRefDto {
  @ApiProperty({ type: String, nullable: true, description: 'As printed.', example: 'Running' })
  state!: string | null;
}

class MigrationConflictDto implements Conflict {
  @ApiProperty({ enum: CONFLICT_CODES, enumName: 'MigrationConflictCode', example: 'label-not-on-target' })
  code!: ConflictCode;

  @ApiProperty({
    description: 'What is wrong, and what to do about it.',
    example: 'No port of saurian-9119-MME-659707C has the label "prod-a". Label one there.',
  })
  detail!: string;

  @ApiPropertyOptional({ type: 'integer', description: 'Of the port of the target that it is about.', example: 1 })
  adapterId?: number;

  @ApiPropertyOptional({ type: 'integer', example: 0 })
  physicalPortId?: number;
}

class MigrationWarningDto implements Warning {
  @ApiProperty({ enum: WARNING_CODES, enumName: 'MigrationWarningCode', example: 'label-ambiguous' })
  code!: WarningCode;

  @ApiProperty({
    description: 'What to look at.',
    example:
      '2 ports of saurian-9119-MME-659707C with the label "prod-a" could take it: adapter 1 port 0, adapter 2 port 0. Chosen is adapter 1 port 0; the mapping tells the HMC so.',
  })
  detail!: string;

  @ApiPropertyOptional({ type: 'integer', description: 'Of the port of the target that it is about.', example: 1 })
  adapterId?: number;

  @ApiPropertyOptional({ type: 'integer', example: 0 })
  physicalPortId?: number;
}

class MigrationSourcePortDto {
  @ApiProperty({ type: PartitionRefDto, example: { name: 'vios1', id: 1 } })
  virtualIoServer!: PartitionRefDto;

  @ApiProperty({ type: 'integer', example: 1 })
  adapterId!: number;

  @ApiProperty({ type: 'integer', description: 'Counted from 0.', example: 0 })
  physicalPortId!: number;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Empty when the port has none; null when the source does not list the port.',
    example: 'prod-a',
  })
  label!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '' })
  subLabel!: string | null;
}

class MigrationTargetPortDto implements TargetPort {
  @ApiProperty({ type: PartitionRefDto, example: { name: 'vios1', id: 1 } })
  virtualIoServer!: PartitionRefDto;

  @ApiProperty({ type: 'integer', example: 1 })
  adapterId!: number;

  @ApiProperty({ type: 'integer', description: 'Counted from 0.', example: 0 })
  physicalPortId!: number;

  @ApiProperty({ example: 'prod-a' })
  label!: string;

  @ApiProperty({ example: '' })
  subLabel!: string;

  @ApiProperty({ description: 'Percent of the port that are free before the migration.', example: 98 })
  freeCapacity!: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Free before the migration, on the port and on its adapter; null where the HMC does not tell.',
    example: 19,
  })
  freeLogicalPorts!: number | null;
}

class MigrationDeviceDto implements MappedDevice {
  @ApiProperty({ type: 'integer', description: 'Virtual slot of its vNIC.', example: 4 })
  slot!: number;

  @ApiProperty({ description: 'On the source; it gets another one on the target.', example: '2700400b' })
  logicalPortId!: string;

  @ApiProperty({ type: 'integer', description: 'The lowest number wins.', example: 10 })
  failoverPriority!: number;

  @ApiProperty({ description: 'Percent; the desired capacity is kept.', example: 2 })
  capacity!: number;

  @ApiProperty({ type: MigrationSourcePortDto })
  source!: MigrationSourcePortDto;

  @ApiProperty({
    type: MigrationTargetPortDto,
    nullable: true,
    description: 'null when there is no place for it: `conflicts` say why.',
  })
  target!: MigrationTargetPortDto | null;

  @ApiProperty({
    type: [MigrationConflictDto],
    description: 'One for each port with its label that cannot take it, or why there is none.',
  })
  conflicts!: readonly MigrationConflictDto[];

  @ApiProperty({ type: [MigrationWarningDto] })
  warnings!: readonly MigrationWarningDto[];
}

/** What would become of a migration. */
export class MigrationPreviewDto implements MigrationPreview {
  @ApiProperty({ type: MigrationPartitionDto })
  partition!: MigrationPartitionDto;

  @ApiProperty({ type: MigrationSystemDto, example: { name: 'reptilian-9119-MME-65BA46F', mtms: '9119-MME*65BA46F' } })
  sourceSystem!: MigrationSystemDto;

  @ApiProperty({ type: MigrationSystemDto })
  targetSystem!: MigrationSystemDto;

  @ApiProperty({
    description:
      'Whether nothing that can be seen from here speaks against it. The HMC looks at much more (storage, memory, ' +
      'processors): `…/validate` asks it.',
    example: true,
  })
  possible!: boolean;

  @ApiProperty({
    type: [MigrationConflictDto],
    description: 'Of the partition and of the target as a whole; those of a device stand with it.',
  })
  conflicts!: readonly MigrationConflictDto[];

  @ApiProperty({ type: [MigrationWarningDto] })
  warnings!: readonly MigrationWarningDto[];

  @ApiProperty({
    type: [MigrationDeviceDto],
    description: 'Every backing device of every vNIC of the partition, in the order of slot and failover priority.',
  })
  backingDevices!: readonly MigrationDeviceDto[];

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'The value of `vnic_mappings` for `migrlpar`: an element `slot/ded/VIOS/VIOS id/adapter/port/capacity/source ' +
      'adapter/source port` a device, joined by commas. null while it is not possible, and without vNICs.',
    example: '4/ded/vios1/1/1/0/2.0/1/0,4/ded/vios2/2/5/0/2.0/3/0',
  })
  vnicMappings!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The command line with which the HMC validates it, exactly as `…/validate` would send it; else null.',
    example:
      "migrlpar -o v -m '9119-MME*65BA46F' -t '9119-MME*659707C' --id 3 -i 'vnic_mappings=\"4/ded/vios1/1/1/0/2.0/1/0,4/ded/vios2/2/5/0/2.0/3/0\"'",
  })
  command!: string | null;

  @ApiProperty({
    description:
      'Of the partition, the two systems and the mapping, also in the header `ETag`. `If-Match` with it on a validation or ' +
      'migration: refused when the mapping is another one by then, also when the job runs.',
    example: '"cVxqsN2LpUM7bZ1XlO5vtQ0GfRk"',
  })
  etag!: string;
}
