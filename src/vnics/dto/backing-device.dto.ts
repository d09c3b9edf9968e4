import { ApiProperty } from '@nestjs/swagger';
import type { BackingDevice } from '../../core/resources/backing-device.js';
import { PartitionRefDto } from '../../partitions/dto/partition.dto.js';

export class BackingDeviceDto implements BackingDevice {
  @ApiProperty({
    type: String,
    description: 'Identity of the device, once made: DRC index of its logical port, hexadecimal.',
    example: '2700400b',
  })
  logicalPortId!: string;

  @ApiProperty({
    type: PartitionRefDto,
    description: 'The Virtual I/O Server that hosts it.',
    example: { name: 'vios1', id: 1 },
  })
  virtualIoServer!: PartitionRefDto;

  @ApiProperty({ type: 'integer', example: 1 })
  adapterId!: number;

  @ApiProperty({ type: 'integer', description: 'Counted from 0.', example: 1 })
  physicalPortId!: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Percent of the physical port that it has now; null when the HMC does not tell it.',
    example: 2,
  })
  capacity!: number | null;

  @ApiProperty({ type: Number, description: 'Percent that it should have.', example: 2 })
  desiredCapacity!: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Percent that it may use at most; null on HMCs that do not know it.',
    example: 100,
  })
  maxCapacity!: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 100 })
  desiredMaxCapacity!: number | null;

  @ApiProperty({
    type: 'integer',
    description: 'The lowest number wins.',
    minimum: 1,
    maximum: 100,
    example: 10,
  })
  failoverPriority!: number;

  @ApiProperty({
    type: Boolean,
    nullable: true,
    description: 'Whether it carries the traffic; null when the HMC does not say.',
    example: true,
  })
  active!: boolean | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: '`Operational`, `Link Down`, `Powered Off` … as printed; null when the HMC does not say.',
    example: 'Operational',
  })
  status!: string | null;
}
