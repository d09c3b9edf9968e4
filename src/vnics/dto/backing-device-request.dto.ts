import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsObject, Max, Min, ValidateNested } from 'class-validator';
import type { BackingDeviceRequest } from '../../core/placement/backing-device-request.js';
import { AtMostDecimals } from '../../http/at-most-decimals.decorator.js';
import { MayBeLeftOut } from '../../http/may-be-left-out.decorator.js';
import { VirtualIoServerReferenceDto } from '../../virtual-io-servers/dto/virtual-io-server-reference.dto.js';

/** A backing device as it is asked for. */
export class BackingDeviceRequestDto implements BackingDeviceRequest {
  @ApiProperty({ type: VirtualIoServerReferenceDto, description: 'The Virtual I/O Server that is to host it.' })
  @IsObject({ message: 'must be an object with name or id' })
  @ValidateNested()
  @Type(() => VirtualIoServerReferenceDto)
  virtualIoServer!: VirtualIoServerReferenceDto;

  @ApiProperty({
    type: 'integer',
    description: 'Id of an SR-IOV adapter in shared mode.',
    minimum: 1,
    maximum: 65_535,
    example: 1,
  })
  @IsInt({ message: 'must be a whole number' })
  @Min(1, { message: 'must be at least 1' })
  @Max(65535, { message: 'must be at most 65535' })
  adapterId!: number;

  @ApiProperty({
    type: 'integer',
    description: 'Physical port of the adapter, counted from 0.',
    minimum: 0,
    maximum: 63,
    example: 1,
  })
  @IsInt({ message: 'must be a whole number; ports are counted from 0' })
  @Min(0, { message: 'must be at least 0; ports are counted from 0' })
  @Max(63, { message: 'must be at most 63' })
  physicalPortId!: number;

  @ApiPropertyOptional({
    description:
      'Percent of the physical port that the device is sure of: a multiple of the port’s `capacityGranularity`. The HMC ' +
      'chooses the smallest when it is left out.',
    minimum: 0.01,
    maximum: 100,
    example: 2,
  })
  @MayBeLeftOut()
  @AtMostDecimals(2)
  @Min(0.01, { message: 'must be more than 0 percent' })
  @Max(100, { message: 'must be at most 100 percent' })
  capacity?: number;

  @ApiPropertyOptional({
    type: 'integer',
    description: 'The lowest number wins. The HMC takes 50 when it is left out.',
    minimum: 1,
    maximum: 100,
    example: 10,
  })
  @MayBeLeftOut()
  @IsInt({ message: 'must be a whole number from 1 to 100' })
  @Min(1, { message: 'must be at least 1; the lowest number wins' })
  @Max(100, { message: 'must be at most 100' })
  failoverPriority?: number;

  @ApiPropertyOptional({
    description: 'Percent of the physical port that the device may use at most; only on adapters that can limit it.',
    minimum: 0.01,
    maximum: 100,
    example: 100,
  })
  @MayBeLeftOut()
  @AtMostDecimals(2)
  @Min(0.01, { message: 'must be more than 0 percent' })
  @Max(100, { message: 'must be at most 100 percent' })
  maxCapacity?: number;
}
