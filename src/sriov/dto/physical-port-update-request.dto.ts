import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import {
  IsBoolean,
  IsString,
  Matches,
  MaxLength,
  registerDecorator,
  ValidateIf,
  type ValidationArguments,
} from 'class-validator';
import type { PhysicalPortSetLabelRequest } from '../../core/operations/requests.js';
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

/**
 * Which characters an HMC takes is not known (hmc-cli.md §1.4 has only lengths), so that it has the last word. What
 * nobody sees is refused here: labels are compared with those of other systems, and have to look as they are.
 */
function LegibleLabel(): PropertyDecorator {
  return applyDecorators(
    Matches(/^(?!\s)(?!.*\s$)/su, { message: 'must not begin or end with a blank' }),
    Matches(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*$/u, {
      message: 'must not hold a control character, a line break or an invisible format character',
    }),
  );
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
  @LegibleLabel()
  label?: string;

  @ApiPropertyOptional({ description: 'At most 8 characters; empty removes it.', maxLength: 8, example: 'rackA' })
  @MayBeLeftOut()
  @IsString({ message: 'must be a string' })
  @MaxLength(8, { message: 'must have at most 8 characters' })
  @LegibleLabel()
  subLabel?: string;

  @ApiPropertyOptional({
    description:
      'Changes the labels of a port that carries vNICs, too (else 409 `port-carries-vnics`). Needs the role admin.',
    default: false,
    example: false,
  })
  @MayBeLeftOut()
  @IsBoolean({ message: 'must be true or false' })
  force?: boolean;
}
