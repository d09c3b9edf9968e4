import { ApiProperty } from '@nestjs/swagger';
import type { SriovAdapter } from '../../core/resources/sriov-adapter.js';
import { ApiAttributes } from '../../http/attributes.decorator.js';
import { ApiNextCursor } from '../../http/page.dto.js';

class SriovAdapterDto implements SriovAdapter {
  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'null while the adapter is in dedicated mode.',
    example: 1,
  })
  adapterId!: number | null;

  @ApiProperty({ type: String, description: 'DRC index of its slot, hexadecimal.', example: '21010020' })
  slotId!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: '`sriov` (shared mode) or `dedicated`; null when the HMC does not know.',
    example: 'sriov',
  })
  mode!: string | null;

  @ApiProperty({ type: Boolean, nullable: true, example: true })
  functional!: boolean | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: '`running`, `missing` … as printed; null in dedicated mode.',
    example: 'running',
  })
  status!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'null where the HMC tells none.',
    example: 'U78CA.001.CSS08ZN-P1-C3-C1',
  })
  physicalLocation!: string | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'How many physical ports it has.', example: 4 })
  physicalPorts!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'How many logical ports it offers.', example: 48 })
  logicalPorts!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'How many logical ports it can offer.', example: 48 })
  maxLogicalPorts!: number | null;

  @ApiProperty({
    type: Boolean,
    nullable: true,
    description: 'Whether a backing device may have a maximum capacity; null when the HMC does not know.',
    example: true,
  })
  customMaxCapacityCapable!: boolean | null;

  @ApiAttributes({ adapter_id: '1', slot_id: '21010020', config_state: 'sriov', sriov_status: 'running' })
  attributes!: Readonly<Record<string, string>>;
}

export class SriovAdapterListDto {
  @ApiProperty({ type: [SriovAdapterDto] })
  items!: readonly SriovAdapterDto[];

  @ApiNextCursor()
  nextCursor!: string | null;
}
