import { ProblemError } from './problem-error.js';

/**
 * Reads Idempotency-Key: 1 to 255 visible ASCII characters, compared as they stand.
 * @returns null when the header is absent
 * @throws ProblemError invalid-request for anything else (two header lines arrive joined by a comma and a blank)
 */
export function parseIdempotencyKey(header: string | undefined): string | null {
  if (header === undefined) return null;
  if (/^[\x21-\x7e]{1,255}$/.test(header)) return header;
  const detail = 'Idempotency-Key must be 1 to 255 visible ASCII characters, without blanks; a UUID does well.';
  throw new ProblemError({
    type: 'invalid-request',
    detail,
    members: { errors: [{ parameter: 'Idempotency-Key', detail }] },
  });
}
