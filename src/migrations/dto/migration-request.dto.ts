import { ApiProperty } from '@nestjs/swagger';
import { IsString, Matches, MaxLength, MinLength } from 'class-validator';
import type { MigrationRequest } from '../../core/operations/requests.js';

export class MigrationRequestDto implements MigrationRequest {
  @ApiProperty({
    description:
      'Where the partition goes: name or type-model*serial (MTMS) of another managed system, which may be under another HMC.',
    minLength: 1,
    maxLength: 255,
    example: 'saurian-9119-MME-659707C',
  })
  @IsString({ message: 'must be a string' })
  @MinLength(1, { message: 'must not be empty' })
  @MaxLength(255, { message: 'must have at most 255 characters' })
  @Matches(/^[^\p{Cc}\p{Cs}]*$/u, { message: 'must not hold a control character' })
  targetSystem!: string;
}
