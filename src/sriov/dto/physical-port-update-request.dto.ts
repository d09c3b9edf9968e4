import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, MaxLength, registerDecorator, ValidateIf, type ValidationArguments } from 'class-validator';
import type { PhysicalPortSetLabelRequest } from '../../core/operations/requests.js';
import { NoControlCharacters } from '../../http/no-control-characters.decorator.js';
import { MayBeLeftOut } from '../../http/may-be-left-out.decorator.js';

/** At least one of the two members. */
function NamesLabelOrSubLabel(): PropertyDecorator {
  return (prototype, propertyName) =>
    registerDecorator({
      name: 'namesLabelOrSubLabel',
      target: prototype.constructor,
      propertyName: String(propertyName),
      validator: {
        validate: (_value: unknown, { object }: ValidationArguments) => 'label' in object || 'subLabel' in object,
        defaultMessage: () => 'label or subLabel is needed; an empty string removes it',
      },
    });
}

/** Lengths: hmc-cli.md §1.4, RECALLED. */
export class PhysicalPortUpdateRequestDto implements PhysicalPortSetLabelRequest {
  @ApiPropertyOptional({
    description: 'At most 16 characters; empty removes it. Live Partition Mobility and PowerVC match on it.',
    maxLength: 16,
    example: 'prod-net',
  })
  @NamesLabelOrSubLabel()
  // Looked at also when both are left out: a member that may be left out is not checked otherwise.
  @ValidateIf(({ label, subLabel }: PhysicalPortUpdateRequestDto) => label !== undefined || subLabel === undefined)
  @IsString({ message: 'must be a string' })
  @MaxLength(16, { message: 'must have at most 16 characters' })
  @NoControlCharacters()
  label?: string;

  @ApiPropertyOptional({ description: 'At most 8 characters; empty removes it.', maxLength: 8, example: 'rackA' })
  @MayBeLeftOut()
  @IsString({ message: 'must be a string' })
  @MaxLength(8, { message: 'must have at most 8 characters' })
  @NoControlCharacters()
  subLabel?: string;
}
