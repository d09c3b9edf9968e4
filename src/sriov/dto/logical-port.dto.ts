import { ApiProperty } from '@nestjs/swagger';
import type { LogicalPort } from '../../core/resources/logical-port.js';
import { ApiAttributes } from '../../http/attributes.decorator.js';
import { ApiNextCursor } from '../../http/page.dto.js';
import { PartitionRefDto } from '../../partitions/dto/partition.dto.js';

/** A client of a vNIC backing device, as a logical port mentions it. */
class LogicalPortClientDto {
  @ApiProperty({ type: String, example: 'lizard' })
  name!: string;

  @ApiProperty({ type: 'integer', nullable: true, example: 6 })
  id!: number | null;
}

class LogicalPortDto implements LogicalPort {
  @ApiProperty({ type: 'integer', example: 1 })
  adapterId!: number;

  @ApiProperty({ type: String, description: 'DRC index, hexadecimal.', example: '27004003' })
  logicalPortId!: string;

  @ApiProperty({ type: Boolean, description: 'false = free.', example: true })
  configured!: boolean;

  @ApiProperty({ type: 'integer', nullable: true, description: 'null while it is free.', example: 1 })
  physicalPortId!: number | null;

  @ApiProperty({
    type: PartitionRefDto,
    nullable: true,
    description: 'Its owner; of a vNIC backing device the Virtual I/O Server. null while it is free.',
  })
  partition!: PartitionRefDto | null;

  @ApiProperty({ type: Boolean, nullable: true, example: true })
  vnicBackingDevice!: boolean | null;

  @ApiProperty({ type: [LogicalPortClientDto], description: 'The client partitions of a vNIC backing device.' })
  clients!: readonly LogicalPortClientDto[];

  @ApiProperty({ type: Number, nullable: true, description: 'Percent of the physical port.', example: 2 })
  capacity!: number | null;

  @ApiProperty({ type: Number, nullable: true, description: 'Percent.', example: 100 })
  maxCapacity!: number | null;

  @ApiProperty({ type: Boolean, nullable: true, example: true })
  functional!: boolean | null;

  @ApiProperty({ type: String, nullable: true, example: 'eaadf2188302' })
  macAddress!: string | null;

  @ApiProperty({ type: String, example: 'U78CA.001.CSS08ZN-P1-C3-C1-T2-S3' })
  locationCode!: string;

  @ApiAttributes({ adapter_id: '1', logical_port_id: '27004003', logical_port_type: 'eth' })
  attributes!: Readonly<Record<string, string>>;
}

export class LogicalPortListDto {
  @ApiProperty({ type: [LogicalPortDto] })
  items!: readonly LogicalPortDto[];

  @ApiNextCursor()
  nextCursor!: string | null;
}
