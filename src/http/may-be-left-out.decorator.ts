import { ValidateIf } from 'class-validator';

/**
 * The member may be absent. Unlike class-validator's IsOptional, `null` does not count as absent: it is checked, and
 * refused, like any other value.
 */
export function MayBeLeftOut(): PropertyDecorator {
  return ValidateIf((_dto, value) => value !== undefined);
}
