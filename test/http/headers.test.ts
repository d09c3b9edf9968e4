import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ifMatchHolds, ifNoneMatchHolds, parseIfMatch, parseIfNoneMatch } from '../../src/http/etag.js';
import { parseIdempotencyKey } from '../../src/http/idempotency-key.js';
import { parsePrefer } from '../../src/http/prefer.js';
import { ProblemError } from '../../src/http/problem-error.js';

describe('parseIfMatch (RFC 9110 §13.1.1)', () => {
  it('reads an absent header, any, one tag, and a list with weak and empty ones', () => {
    expect(parseIfMatch(undefined)).toBeNull();
    expect(parseIfMatch(' * ')).toEqual({ kind: 'any' });
    expect(parseIfMatch('"xyzzy"')).toEqual({ kind: 'tags', tags: [{ weak: false, value: 'xyzzy' }] });
    expect(parseIfMatch('"xyzzy", W/"r2d2" ,,"c3,*po", ""')).toEqual({
      kind: 'tags',
      tags: [
        { weak: false, value: 'xyzzy' },
        { weak: true, value: 'r2d2' },
        { weak: false, value: 'c3,*po' },
        { weak: false, value: '' },
      ],
    });
  });

  it.each(['', 'xyzzy', '"a', '"a" "b"', '"a", *', 'w/"a"', '"a"b', ','])('refuses %j', (header) => {
    expect(() => parseIfMatch(header)).toThrow(ProblemError);
  });

  it('reads back every list of tags that can be written', () => {
    const value = fc.stringMatching(/^[\x21\x23-\x7e]{0,20}$/);
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 5 }), (values) => {
        const parsed = parseIfMatch(values.map((value) => `"${value}"`).join(', '));
        expect(parsed).toEqual({ kind: 'tags', tags: values.map((tag) => ({ weak: false, value: tag })) });
        expect(ifMatchHolds(parsed, `"${values[0] ?? ''}"`)).toBe(true);
      }),
    );
  });
});

describe('ifMatchHolds', () => {
  it('compares strongly', () => {
    expect(ifMatchHolds(null, '"a"')).toBe(true);
    expect(ifMatchHolds(parseIfMatch('"b", "a"'), '"a"')).toBe(true);
    expect(ifMatchHolds(parseIfMatch('W/"a"'), '"a"')).toBe(false);
    expect(ifMatchHolds(parseIfMatch('"b"'), '"a"')).toBe(false);
  });

  it('holds for any only where something is', () => {
    expect(ifMatchHolds(parseIfMatch('*'), '"a"')).toBe(true);
    expect(ifMatchHolds(parseIfMatch('*'), null)).toBe(false);
    expect(ifMatchHolds(null, null)).toBe(true);
  });
});

describe('ifNoneMatchHolds (RFC 9110 §13.1.2)', () => {
  it.each([
    [undefined, '"a"', true],
    ['*', null, true],
    ['*', '"a"', false],
    ['"b", "c"', '"a"', true],
    ['"b", "a"', '"a"', false],
    ['W/"a"', '"a"', false],
    ['"a"', null, true],
  ])('%j against %j: %j', (header, current, holds) => {
    expect(ifNoneMatchHolds(parseIfNoneMatch(header), current)).toBe(holds);
  });

  it('names itself where it cannot be read', () => {
    expect(() => parseIfNoneMatch('a')).toThrow(/^If-None-Match must be/);
  });
});

describe('parsePrefer (RFC 7240)', () => {
  it.each([
    [undefined, null],
    ['', null],
    ['wait=10', 10],
    ['respond-async, WAIT = 10 ; foo=bar', 10],
    ['wait="7"', 7],
    ['wait=0', 0],
    ['wait=61', 60],
    ['wait=999999999', 60],
    ['wait=5, wait=9', 5],
    ['wait=, wait=9', null],
    ['wait=-1', null],
    ['wait=1.5', null],
    ['waiting=5', null],
    ['foo="a, wait=5"', null],
    ['foo="a\\", wait=5", wait=6', 6],
    ['handling=lenient; wait=5', null],
  ])('%j asks to wait %j s', (header, waitSeconds) => {
    expect(parsePrefer(header)).toEqual({ waitSeconds });
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (header) => void parsePrefer(header)));
  });
});

describe('parseIdempotencyKey', () => {
  it('takes 1 to 255 visible ASCII characters as they stand', () => {
    expect(parseIdempotencyKey(undefined)).toBeNull();
    expect(parseIdempotencyKey('"8e03978e-40d5-43dd-bc93-6894a57f9324"')).toBe(
      '"8e03978e-40d5-43dd-bc93-6894a57f9324"',
    );
    expect(parseIdempotencyKey('x'.repeat(255))).toHaveLength(255);
  });

  it.each(['', 'a b', 'a, b', 'ä', 'x'.repeat(256), 'a\tb'])('refuses %j', (header) => {
    expect(() => parseIdempotencyKey(header)).toThrow(ProblemError);
  });
});
