import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsNotEmpty, IsString, Max, MaxLength, Min } from 'class-validator';
import type { VirtualIoServerReference } from '../../core/resources/virtual-io-server-reference.js';
import { MayBeLeftOut } from '../../http/may-be-left-out.decorator.js';
import { NoControlCharacters } from '../../http/no-control-characters.decorator.js';

/** A Virtual I/O Server as a body names it. */
export class VirtualIoServerReferenceDto implements VirtualIoServerReference {
  @ApiPropertyOptional({
    description: 'Its name; name or id is needed.',
    minLength: 1,
    maxLength: 100,
    example: 'vios1',
  })
  @MayBeLeftOut()
  @IsString({ message: 'must be a string' })
  @IsNotEmpty({ message: 'must not be empty' })
  @MaxLength(100, { message: 'must have at most 100 characters' })
  @NoControlCharacters()
  name?: string;

  @ApiPropertyOptional({ type: 'integer', description: 'Its partition id.', minimum: 1, maximum: 65_535 })
  @MayBeLeftOut()
  @IsInt({ message: 'must be a whole number' })
  @Min(1, { message: 'must be at least 1' })
  @Max(65535, { message: 'must be at most 65535' })
  id?: number;
}
