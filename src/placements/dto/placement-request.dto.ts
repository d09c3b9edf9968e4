import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsInt,
  IsNotEmpty,
  IsNumber,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import type { PlacementRequest, PortReference } from '../../core/placement/placement-request.js';
import { MayBeLeftOut } from '../../http/may-be-left-out.decorator.js';
import { NoControlCharacters } from '../../http/no-control-characters.decorator.js';
import { VirtualIoServerReferenceDto } from '../../vnics/dto/backing-device-request.dto.js';

export class PortReferenceDto implements PortReference {
  @ApiProperty({ type: 'integer', minimum: 1, maximum: 65_535, example: 1 })
  @IsInt({ message: 'must be a whole number' })
  @Min(1, { message: 'must be at least 1' })
  @Max(65_535, { message: 'must be at most 65535' })
  adapterId!: number;

  @ApiProperty({ type: 'integer', description: 'Counted from 0.', minimum: 0, maximum: 63, example: 1 })
  @IsInt({ message: 'must be a whole number; ports are counted from 0' })
  @Min(0, { message: 'must be at least 0; ports are counted from 0' })
  @Max(63, { message: 'must be at most 63' })
  physicalPortId!: number;
}

/**
 * Where the devices of a vNIC may go, and how many there shall be: `label` or `ports`, and `redundancy`; or in OpenStack's
 * names `physical_network` with `vnic_required_vfs`. The two are not mixed.
 */
export class PlacementRequestDto implements PlacementRequest {
  @ApiPropertyOptional({
    description: 'Ports with this label: the physical network. Either this or `ports`.',
    minLength: 1,
    maxLength: 16,
    example: 'prod-b',
  })
  @MayBeLeftOut()
  @IsString({ message: 'must be a string' })
  @IsNotEmpty({ message: 'must not be empty' })
  @MaxLength(16, { message: 'must have at most 16 characters' })
  @NoControlCharacters()
  label?: string;

  @ApiPropertyOptional({
    type: [PortReferenceDto],
    description: 'These ports and no others.',
    minItems: 1,
    maxItems: 256,
  })
  @MayBeLeftOut()
  @IsArray({ message: 'must be a list of ports' })
  @ArrayMinSize(1, { message: 'must hold at least one port' })
  @ArrayMaxSize(256, { message: 'must hold at most 256 ports' })
  @ValidateNested({ each: true })
  @Type(() => PortReferenceDto)
  ports?: PortReferenceDto[];

  @ApiPropertyOptional({
    type: 'integer',
    description: 'How many backing devices. Never fewer are placed. Needed, but beside `physical_network`.',
    minimum: 1,
    maximum: 6,
    example: 4,
  })
  @MayBeLeftOut()
  @IsInt({ message: 'must be a whole number from 1 to 6' })
  @Min(1, { message: 'must be at least 1' })
  @Max(6, { message: 'must be at most 6' })
  redundancy?: number;

  @ApiPropertyOptional({
    description:
      'Percent of the physical port that each device is sure of, a multiple of the granularity of the port; the HMC takes the ' +
      'smallest when it is left out. Beside `physical_network` a fraction, as in OpenStack: 0.02 is two percent.',
    minimum: 0.0001,
    maximum: 100,
    example: 2,
  })
  @MayBeLeftOut()
  @IsNumber({ maxDecimalPlaces: 4 }, { message: 'must be a number' })
  @Min(0.0001, { message: 'must be more than 0' })
  @Max(100, { message: 'must be at most 100 percent' })
  capacity?: number;

  @ApiPropertyOptional({
    description: 'Percent of the physical port that each device may use at most; only on adapters that can limit it.',
    minimum: 0.01,
    maximum: 100,
  })
  @MayBeLeftOut()
  @IsNumber({ maxDecimalPlaces: 2 }, { message: 'must be a number with at most two decimals' })
  @Min(0.01, { message: 'must be more than 0 percent' })
  @Max(100, { message: 'must be at most 100 percent' })
  maxCapacity?: number;

  @ApiPropertyOptional({
    type: [VirtualIoServerReferenceDto],
    description: 'Only these Virtual I/O Servers; all of the system when it is left out.',
    minItems: 1,
    maxItems: 64,
  })
  @MayBeLeftOut()
  @IsArray({ message: 'must be a list of Virtual I/O Servers' })
  @ArrayMinSize(1, { message: 'must hold at least one Virtual I/O Server' })
  @ArrayMaxSize(64, { message: 'must hold at most 64 Virtual I/O Servers' })
  @ValidateNested({ each: true })
  @Type(() => VirtualIoServerReferenceDto)
  virtualIoServers?: VirtualIoServerReferenceDto[];

  @ApiPropertyOptional({ description: 'OpenStack: the label.', minLength: 1, maxLength: 16 })
  @MayBeLeftOut()
  @IsString({ message: 'must be a string' })
  @IsNotEmpty({ message: 'must not be empty' })
  @MaxLength(16, { message: 'must have at most 16 characters' })
  @NoControlCharacters()
  physical_network?: string;

  @ApiPropertyOptional({
    type: 'integer',
    description: 'OpenStack: the redundancy; 2 when it is left out.',
    minimum: 1,
    maximum: 6,
  })
  @MayBeLeftOut()
  @IsInt({ message: 'must be a whole number from 1 to 6' })
  @Min(1, { message: 'must be at least 1' })
  @Max(6, { message: 'must be at most 6' })
  vnic_required_vfs?: number;

  @ApiPropertyOptional({
    description: 'OpenStack: the maximum capacity, a fraction of the port.',
    minimum: 0.0001,
    maximum: 1,
  })
  @MayBeLeftOut()
  @IsNumber({ maxDecimalPlaces: 4 }, { message: 'must be a number with at most four decimals' })
  @Min(0.0001, { message: 'must be more than 0' })
  @Max(1, { message: 'must be at most 1: it is a fraction' })
  maxcapacity?: number;
}
