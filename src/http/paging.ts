import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { invalidRequest } from './problem-document.js';
import type { ProblemError } from './problem-error.js';
import { queryInteger } from './query-values.js';

export const DEFAULT_PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 500;

/** `?limit=` and `?cursor=` of a list that can grow. To be extended by the query of a list with filters. */
export class PagingQuery {
  @ApiPropertyOptional({
    type: 'integer',
    description: 'How many items at most.',
    minimum: 1,
    maximum: MAX_PAGE_SIZE,
    default: DEFAULT_PAGE_SIZE,
  })
  @IsOptional()
  @Transform(queryInteger)
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE_SIZE)
  limit?: number;

  @ApiPropertyOptional({
    description: 'The `nextCursor` of the page before. Opaque: do not build one.',
    maxLength: 1000,
  })
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  cursor?: string;
}

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** To be given as `?cursor=` for the next page; null on the last. */
  readonly nextCursor: string | null;
}

/** The place of an item in its list: compared member by member, numbers as numbers. Unique in the list. */
export type SortKey = readonly (string | number)[];

/**
 * Sorts a list by its key and cuts one page out of it. The cursor holds the key of the last item shown, so a list that
 * changes between two calls repeats nothing and skips nothing that was there before.
 * @throws ProblemError invalid-request for a cursor that is not ours
 */
export function page<T>(items: readonly T[], query: PagingQuery, keyOf: (item: T) => SortKey): Page<T> {
  const limit = query.limit ?? DEFAULT_PAGE_SIZE;
  const sorted = [...items].sort((a, b) => compareKeys(keyOf(a), keyOf(b)));
  const last = query.cursor === undefined ? null : decodeCursor(query.cursor);
  const rest = last === null ? sorted : sorted.filter((item) => compareKeys(keyOf(item), last) > 0);
  const shown = rest.slice(0, limit);
  const lastShown = shown.at(-1);
  return {
    items: shown,
    nextCursor: rest.length > shown.length && lastShown !== undefined ? encodeCursor(keyOf(lastShown)) : null,
  };
}

/** An opaque cursor: JSON in base64url. */
export function encodeCursor(key: SortKey): string {
  return Buffer.from(JSON.stringify(key), 'utf8').toString('base64url');
}

/** @throws ProblemError invalid-request for a cursor that is not ours */
export function decodeCursor(cursor: string): SortKey {
  let key: unknown;
  try {
    key = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw wrongCursor();
  }
  if (!Array.isArray(key) || !key.every((part) => typeof part === 'string' || typeof part === 'number')) {
    throw wrongCursor();
  }
  return key;
}

/** The order of two keys: negative, zero or positive. A number comes before a text. */
export function compareKeys(a: SortKey, b: SortKey): number {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const left = a[i] ?? '';
    const right = b[i] ?? '';
    if (left === right) continue;
    if (typeof left !== typeof right) return typeof left === 'number' ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return a.length - b.length;
}

function wrongCursor(): ProblemError {
  return invalidRequest([{ parameter: 'cursor', detail: 'must be the nextCursor of an earlier page of this list' }]);
}
