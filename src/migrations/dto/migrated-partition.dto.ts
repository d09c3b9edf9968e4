import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { PartitionDto } from '../../partitions/dto/partition.dto.js';
import { VnicDto } from '../../vnics/dto/vnic.dto.js';

export class PartitionSystemDto {
  @ApiProperty({ example: 'saurian-9119-MME-659707C' })
  name!: string;

  @ApiProperty({ description: 'type-model*serial.', example: '9119-MME*659707C' })
  mtms!: string;
}

/** A partition of a migration, where it is at the time: `before` and `result` of such a job. */
export class MigratedPartitionDto extends PartitionDto {
  @ApiProperty({ type: PartitionSystemDto, description: 'The managed system that it is on.' })
  managedSystem!: PartitionSystemDto;

  @ApiProperty({ type: [VnicDto], description: 'In the order of the HMC.' })
  vnics!: readonly VnicDto[];

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'Of its way to the target system as it was then, the same as in the preview: for the `If-Match` of a validation or ' +
      'migration. null once it is not on the source any more.',
    example: '"cVxqsN2LpUM7bZ1XlO5vtQ0GfRk"',
  })
  etag!: string | null;

  @ApiPropertyOptional({
    description: 'Of a validation that succeeded: what the HMC said, on both streams. Often nothing.',
    example: '',
  })
  hmcMessage?: string;
}
