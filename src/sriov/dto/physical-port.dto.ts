import { ApiProperty } from '@nestjs/swagger';
import type { PhysicalPort } from '../../core/resources/physical-port.js';
import { PHYSICAL_PORT_LEVELS, type PhysicalPortLevel } from '../../core/hmc-language/physical-port-level.js';
import { physicalPortEtag } from '../../core/resources/physical-port-etag.js';
import { ApiAttributes } from '../../http/attributes.decorator.js';
import { ApiNextCursor } from '../../http/page.dto.js';

export class PhysicalPortDto implements PhysicalPort {
  @ApiProperty({ type: 'integer', example: 1 })
  adapterId!: number;

  @ApiProperty({ type: 'integer', description: 'Counted from 0.', example: 1 })
  physicalPortId!: number;

  @ApiProperty({
    type: String,
    description: 'What LPM and PowerVC match ports on (PowerVC: physical network); empty when it has none.',
    example: 'prod-b',
  })
  label!: string;

  @ApiProperty({ type: String, description: 'Empty when it has none.', example: '' })
  subLabel!: string;

  @ApiProperty({ type: String, example: 'U78CA.001.CSS08ZN-P1-C3-C1-T2' })
  location!: string;

  @ApiProperty({ type: String, description: '`eth`, `ethc`, `roce` as printed.', example: 'ethc' })
  type!: string;

  @ApiProperty({ enum: PHYSICAL_PORT_LEVELS, description: 'The level at which the HMC lists it.', example: 'ethc' })
  level!: PhysicalPortLevel;

  @ApiProperty({ type: Boolean, nullable: true, description: 'null when the HMC does not know.', example: true })
  linkUp!: boolean | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Mbit/s; 0 while the link is down.', example: 10000 })
  connectionSpeed!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Logical ports in use.', example: 3 })
  configuredLogicalPorts!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Logical ports it can carry.', example: 20 })
  maxLogicalPorts!: number | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Logical ports of ethernet in use, as backing devices of vNICs are.',
    example: 3,
  })
  ethernetLogicalPorts!: number | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Logical ports that ethernet may have here, as it is set on the port.',
    example: 20,
  })
  maxEthernetLogicalPorts!: number | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Percent: the smallest capacity of a backing device, and its step. null when the HMC does not tell.',
    example: 2,
  })
  capacityGranularity!: number | null;

  @ApiProperty({
    type: String,
    description: 'Entity tag of the configuration, as it goes into `If-Match` (quotes included).',
    example: '"3q2-7wAAAAB5h2KXGm4DXJfAbc0"',
  })
  etag!: string;

  @ApiAttributes({ adapter_id: '1', phys_port_id: '1', phys_port_label: 'prod-b', state: '1' })
  attributes!: Readonly<Record<string, string>>;
}

export class PhysicalPortListDto {
  @ApiProperty({ type: [PhysicalPortDto] })
  items!: readonly PhysicalPortDto[];

  @ApiNextCursor()
  nextCursor!: string | null;
}

export function physicalPortDto(port: PhysicalPort): PhysicalPortDto {
  const { attributes, ...typed } = port;
  return { ...typed, etag: physicalPortEtag(port), attributes };
}
