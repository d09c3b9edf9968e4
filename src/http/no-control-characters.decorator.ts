import { Matches } from 'class-validator';

/** No control character, line break or lone surrogate: no name or label on an HMC holds one. */
export function NoControlCharacters(): PropertyDecorator {
  return Matches(/^[^\p{Cc}\p{Cs}]*$/u, { message: 'must not hold a control character or a line break' });
}
