import { ProblemError } from './problem-error.js';

/** One entity tag of RFC 9110 §8.8.3, without its quotes. */
export interface EntityTag {
  readonly weak: boolean;
  readonly value: string;
}

/** What an If-Match or If-None-Match header names (RFC 9110 §13.1.1, §13.1.2). */
export type IfMatch = { readonly kind: 'any' } | { readonly kind: 'tags'; readonly tags: readonly EntityTag[] };

/** etagc of RFC 9110 §8.8.3: visible ASCII without the double quote, and bytes above ASCII. */
const ENTITY_TAG = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/;

/**
 * Reads If-Match: `*`, or a list of tags; several header lines arrive joined by commas.
 * @returns null when the header is absent
 * @throws ProblemError invalid-request when it is neither
 */
export function parseIfMatch(header: string | undefined): IfMatch | null {
  return parseTags(header, 'If-Match');
}

/** Reads If-None-Match, which has the same form. */
export function parseIfNoneMatch(header: string | undefined): IfMatch | null {
  return parseTags(header, 'If-None-Match');
}

function parseTags(header: string | undefined, name: string): IfMatch | null {
  if (header === undefined) return null;
  let rest = header.trim();
  if (rest === '*') return { kind: 'any' };
  const tags: EntityTag[] = [];
  while (rest !== '') {
    const match = ENTITY_TAG.exec(rest);
    if (match === null) throw malformed(name);
    tags.push({ weak: match[1] !== undefined, value: match[2] ?? '' });
    const afterTag = rest.slice(match[0].length).trimStart();
    if (afterTag !== '' && !afterTag.startsWith(',')) throw malformed(name);
    // A list may hold empty elements (RFC 9110 §5.6.1).
    rest = afterTag.replace(/^[\s,]+/, '');
  }
  if (tags.length === 0) throw malformed(name);
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

/**
 * Whether a target with this etag satisfies If-None-Match: `*` only where nothing is, tags where none is
 * the present one (weakly compared).
 */
export function ifNoneMatchHolds(ifNoneMatch: IfMatch | null, current: string | null): boolean {
  if (ifNoneMatch === null || current === null) return true;
  return ifNoneMatch.kind === 'tags' && ifNoneMatch.tags.every((tag) => `"${tag.value}"` !== current);
}

/** What a caller says of a target before it is changed; null where a header is absent. */
export interface Preconditions {
  readonly ifMatch: IfMatch | null;
  readonly ifNoneMatch: IfMatch | null;
}

/**
 * The header that the target does not satisfy, if there is one.
 * @param currentEtag is only asked where there is a condition; see `ifMatchHolds`
 */
export function brokenPrecondition(
  { ifMatch, ifNoneMatch }: Preconditions,
  currentEtag: () => string | null,
): 'if-match' | 'if-none-match' | null {
  if (ifMatch === null && ifNoneMatch === null) return null;
  const current = currentEtag();
  if (!ifMatchHolds(ifMatch, current)) return 'if-match';
  return ifNoneMatchHolds(ifNoneMatch, current) ? null : 'if-none-match';
}

function malformed(name: string): ProblemError {
  const detail = `${name} must be * or a list of quoted entity tags, such as "5d41402abc4b2a76"; the quotes belong to it.`;
  return new ProblemError({
    type: 'invalid-request',
    detail,
    members: { errors: [{ parameter: name, detail }] },
  });
}
