import { ProblemError } from './problem-error.js';

/** One entity tag of RFC 9110 §8.8.3, without its quotes. */
export interface EntityTag {
  readonly weak: boolean;
  readonly value: string;
}

/** What an If-Match header asks for (RFC 9110 §13.1.1). */
export type IfMatch = { readonly kind: 'any' } | { readonly kind: 'tags'; readonly tags: readonly EntityTag[] };

/** etagc of RFC 9110 §8.8.3: visible ASCII without the double quote, and bytes above ASCII. */
const ENTITY_TAG = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/;

/**
 * Reads If-Match: `*`, or a list of tags; several header lines arrive joined by commas.
 * @returns null when the header is absent
 * @throws ProblemError invalid-request when it is neither
 */
export function parseIfMatch(header: string | undefined): IfMatch | null {
  if (header === undefined) return null;
  let rest = header.trim();
  if (rest === '*') return { kind: 'any' };
  const tags: EntityTag[] = [];
  while (rest !== '') {
    const match = ENTITY_TAG.exec(rest);
    if (match === null) throw malformed();
    tags.push({ weak: match[1] !== undefined, value: match[2] ?? '' });
    const afterTag = rest.slice(match[0].length).trimStart();
    if (afterTag !== '' && !afterTag.startsWith(',')) throw malformed();
    // A list may hold empty elements (RFC 9110 §5.6.1).
    rest = afterTag.replace(/^[\s,]+/, '');
  }
  if (tags.length === 0) throw malformed();
  return { kind: 'tags', tags };
}

/**
 * Whether a target with this etag satisfies If-Match. The comparison is strong: a weak tag never matches.
 * @param current the etag as it stands in a header, quotes included; null when the target does not exist
 */
export function ifMatchHolds(ifMatch: IfMatch | null, current: string | null): boolean {
  if (ifMatch === null) return true;
  if (current === null) return false;
  return ifMatch.kind === 'any' || ifMatch.tags.some((tag) => !tag.weak && `"${tag.value}"` === current);
}

function malformed(): ProblemError {
  const detail =
    'If-Match must be * or a list of quoted entity tags, such as "5d41402abc4b2a76"; the quotes belong to it.';
  return new ProblemError({
    type: 'invalid-request',
    detail,
    members: { errors: [{ parameter: 'If-Match', detail }] },
  });
}
