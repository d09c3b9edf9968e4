import { ApiProperty, ApiPropertyOptional, getSchemaPath, ApiExtraModels } from '@nestjs/swagger';
import { PART_KINDS, type Part, type PartKind } from '../../core/placement/failures.js';
import {
  PORT_EXCLUSION_CODES,
  type ExcludedPort,
  type ExcludedServer,
  type PortExclusionCode,
} from '../../core/placement/eligible.js';
import type { PlacedDevice, Placement } from '../../core/placement/place.js';

class PlacementServerDto {
  @ApiProperty({ example: 'vios1' })
  name!: string;

  @ApiProperty({ type: 'integer', example: 1 })
  id!: number;
}

class PlacedDeviceDto implements PlacedDevice {
  @ApiProperty({ type: PlacementServerDto })
  virtualIoServer!: PlacementServerDto;

  @ApiProperty({ type: 'integer', example: 1 })
  adapterId!: number;

  @ApiProperty({ type: 'integer', description: 'Counted from 0.', example: 1 })
  physicalPortId!: number;

  @ApiPropertyOptional({ description: 'Percent; as asked for.', example: 2 })
  capacity?: number;

  @ApiProperty({ type: 'integer', description: 'The lowest number wins.', example: 10 })
  failoverPriority!: number;

  @ApiPropertyOptional({ description: 'Percent; as asked for.', example: 100 })
  maxCapacity?: number;
}

class PartDto implements Part {
  @ApiProperty({ enum: PART_KINDS, enumName: 'PartKind', example: 'virtual-io-server' })
  kind!: PartKind;

  @ApiProperty({
    description:
      'Name of the Virtual I/O Server, location code of the enclosure, id of the adapter, `adapter/port`, sub-label.',
    example: 'vios1',
  })
  name!: string;
}

class SingleFailuresDto {
  @ApiProperty({ type: 'integer', description: 'Parts that a device of this request could depend on.', example: 14 })
  possible!: number;

  @ApiProperty({
    type: 'integer',
    description: 'Of these, how many may fail alone while a device still works.',
    example: 14,
  })
  survived!: number;

  @ApiProperty({ type: [PartDto], description: 'Parts whose failure takes every device.' })
  fatal!: readonly PartDto[];
}

@ApiExtraModels(PartDto)
class DoubleFailuresDto {
  @ApiProperty({ type: 'integer', description: 'Pairs of parts.', example: 91 })
  possible!: number;

  @ApiProperty({
    type: 'integer',
    description: 'Of these, how many may fail together while a device still works.',
    example: 86,
  })
  survived!: number;

  @ApiProperty({
    description: 'Pairs of which neither part alone is fatal, and both together are.',
    type: 'array',
    items: { type: 'array', items: { $ref: getSchemaPath(PartDto) }, minItems: 2, maxItems: 2 },
  })
  fatal!: readonly (readonly [PartDto, PartDto])[];
}

class ExcludedPortDto implements ExcludedPort {
  @ApiProperty({ type: 'integer', example: 2 })
  adapterId!: number;

  @ApiProperty({ type: 'integer', example: 1 })
  physicalPortId!: number;

  @ApiProperty({ enum: PORT_EXCLUSION_CODES, enumName: 'PortExclusionCode', example: 'port-link-down' })
  code!: PortExclusionCode;

  @ApiProperty({ example: 'Its link is down.' })
  reason!: string;
}

class ExcludedServerDto implements ExcludedServer {
  @ApiProperty({ example: 'vios2' })
  name!: string;

  @ApiProperty({ type: 'integer', example: 2 })
  id!: number;

  @ApiProperty({ example: 'Its RMC connection is "inactive", not active.' })
  reason!: string;
}

/** Where the devices of a new vNIC best go, and what it then survives. */
export class PlacementDto implements Placement {
  @ApiProperty({
    type: [PlacedDeviceDto],
    description:
      'As `POST …/vnics` and `PUT …/vnics/{slot}` take them, in the order of priority: the first has the least loaded port, ' +
      'each further one shares as little as possible with those before it.',
  })
  backingDevices!: readonly PlacedDeviceDto[];

  @ApiProperty({ type: SingleFailuresDto })
  singleFailures!: SingleFailuresDto;

  @ApiProperty({ type: DoubleFailuresDto })
  doubleFailures!: DoubleFailuresDto;

  @ApiProperty({ type: [ExcludedPortDto], description: 'Ports of the request that take no device now, and why.' })
  excludedPorts!: readonly ExcludedPortDto[];

  @ApiProperty({ type: [ExcludedServerDto], description: 'Virtual I/O Servers that take no device now, and why.' })
  excludedVirtualIoServers!: readonly ExcludedServerDto[];
}
