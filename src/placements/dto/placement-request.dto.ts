import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type, type TransformFnParams } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import type { PlacementRequest, PortReference } from '../../core/placement/placement-request.js';
import { AtMostDecimals } from '../../http/at-most-decimals.decorator.js';
import { MayBeLeftOut } from '../../http/may-be-left-out.decorator.js';
import { NoControlCharacters } from '../../http/no-control-characters.decorator.js';
import { VirtualIoServerReferenceDto } from '../../virtual-io-servers/dto/virtual-io-server-reference.dto.js';

class PortReferenceDto implements PortReference {
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

/** What the `float()` of OpenStack's driver reads as well: `0.02`, `.02`, `2e-2`. */
const DECIMAL = /^(\d{1,10}(\.\d{0,10})?|\.\d{1,10})([eE][+-]?\d{1,2})?$/;

/**
 * For `@Transform`: beside `physical_network` a number may be a string, because the values of a `binding:profile` set
 * with the `openstack` command are. Anything else stays as it came, for the validator.
 */
function openStackNumber({ value, obj }: TransformFnParams): unknown {
  const inTheirWords = (obj as { physical_network?: unknown }).physical_network !== undefined;
  return inTheirWords && typeof value === 'string' && DECIMAL.test(value) ? Number(value) : (value as unknown);
}

const FLAGS = [0, 1, true, false, '0', '1', 'true', 'false', 'True', 'False'] as const;
const DECIMAL_TEXT = { type: 'string', pattern: DECIMAL.source };

/**
 * Where the devices of a vNIC may go, and how many there shall be: `label` or `ports`, and `redundancy`; or in
 * OpenStack's names `physical_network` with `vnic_required_vfs`. The two are not mixed.
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
      'smallest when it is left out. Beside `physical_network` a fraction, as in OpenStack: 0.02 is two percent; there it may ' +
      'be a string, too.',
    oneOf: [{ type: 'number', minimum: 0.0001, maximum: 100 }, DECIMAL_TEXT],
    example: 2,
  })
  @MayBeLeftOut()
  @Transform(openStackNumber)
  @AtMostDecimals(4)
  @Min(0.0001, { message: 'must be more than 0' })
  @Max(100, { message: 'must be at most 100 percent' })
  capacity?: number;

  @ApiPropertyOptional({
    description: 'Percent of the physical port that each device may use at most; only on adapters that can limit it.',
    minimum: 0.01,
    maximum: 100,
  })
  @MayBeLeftOut()
  @AtMostDecimals(2)
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

  @ApiPropertyOptional({
    description: 'OpenStack: the label; `default` means ports without a label too.',
    minLength: 1,
    maxLength: 16,
  })
  @MayBeLeftOut()
  @IsString({ message: 'must be a string' })
  @IsNotEmpty({ message: 'must not be empty' })
  @MaxLength(16, { message: 'must have at most 16 characters' })
  @NoControlCharacters()
  physical_network?: string;

  @ApiPropertyOptional({
    description: 'OpenStack: the redundancy; 2 when it is left out. May be a string.',
    oneOf: [{ type: 'integer', minimum: 1, maximum: 6 }, DECIMAL_TEXT],
  })
  @MayBeLeftOut()
  @Transform(openStackNumber)
  @IsInt({ message: 'must be a whole number from 1 to 6' })
  @Min(1, { message: 'must be at least 1' })
  @Max(6, { message: 'must be at most 6' })
  vnic_required_vfs?: number;

  @ApiPropertyOptional({
    description: 'OpenStack: the maximum capacity, a fraction of the port. May be a string.',
    oneOf: [{ type: 'number', minimum: 0.0001, maximum: 1 }, DECIMAL_TEXT],
  })
  @MayBeLeftOut()
  @Transform(openStackNumber)
  @AtMostDecimals(4)
  @Min(0.0001, { message: 'must be more than 0' })
  @Max(1, { message: 'must be at most 1: it is a fraction' })
  maxcapacity?: number;

  @ApiPropertyOptional({
    description:
      'OpenStack: of a `binding:profile`, which can so be handed on whole. Says nothing about where devices go.',
    oneOf: [{ type: 'integer' }, { type: 'boolean' }, { type: 'string' }],
    enum: FLAGS,
  })
  @MayBeLeftOut()
  @IsIn(FLAGS, { message: 'must be 0 or 1, true or false, or one of these as a string' })
  delete_with_instance?: (typeof FLAGS)[number];

  @ApiPropertyOptional({
    description:
      'OpenStack: the same. The VLANs of a vNIC are said with `portVlanId` and `allowedVlanIds` of `POST …/vnics`.',
    minLength: 1,
    maxLength: 64,
    example: 'allowed',
  })
  @MayBeLeftOut()
  @IsString({ message: 'must be a string' })
  @IsNotEmpty({ message: 'must not be empty' })
  @MaxLength(64, { message: 'must have at most 64 characters' })
  @NoControlCharacters()
  vlan_type?: string;
}
