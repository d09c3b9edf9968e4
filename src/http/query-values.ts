import type { TransformFnParams } from 'class-transformer';

/**
 * For `@Transform` on a query or path property: digits become a number; anything else stays as it came, so that the
 * validator names the fault (`Number('')` would be 0, and `Number('0x10')` 16).
 */
export function queryInteger({ value }: TransformFnParams): unknown {
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : (value as unknown);
}

/** For `@Transform` on a query property: `true` and `false` become a boolean; anything else stays for the validator. */
export function queryBoolean({ value }: TransformFnParams): unknown {
  if (value === 'true') return true;
  if (value === 'false') return false;
  return value as unknown;
}
