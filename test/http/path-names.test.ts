import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseLogicalPortSegment,
  parseNumberSegment,
  parsePartitionSegment,
  parseSystemSegment,
} from '../../src/http/path-names.js';

const value = <T>(result: { ok: true; value: T } | { ok: false }): T | 'refused' =>
  result.ok ? result.value : 'refused';

describe('{partition} and {vios}', () => {
  it.each([
    ['6', { id: 6 }],
    ['006', { id: 6 }],
    ['lizard', { name: 'lizard' }],
    ['name:123', { name: '123' }],
    ['name:name:x', { name: 'name:x' }],
    ['-6', { name: '-6' }],
    ['6a', { name: '6a' }],
    ['żółw é', { name: 'żółw é' }],
    ['', 'refused'],
    ['name:', 'refused'],
    ['liz\nard', 'refused'],
    ['liz\u0000ard', 'refused'],
    ['\ud800', 'refused'],
    ['9'.repeat(400), 'refused'],
  ])('%j', (segment, expected) => {
    expect(value(parsePartitionSegment(segment))).toEqual(expected);
  });

  it('a name that is forced comes back as it is, whatever it looks like', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\x20-\x7e]{1,40}$/), (name) => {
        expect(value(parsePartitionSegment(`name:${name}`))).toEqual({ name });
      }),
    );
  });

  it('names the parameter at fault', () => {
    expect(parsePartitionSegment('a\tb', 'vios')).toMatchObject({
      refusal: { type: 'invalid-request', members: { errors: [{ parameter: 'vios' }] } },
    });
  });
});

describe('the other segments', () => {
  it.each([
    ['reptilian-9119-MME-65BA46F', 'reptilian-9119-MME-65BA46F'],
    ['9119-MME*65BA46F', '9119-MME*65BA46F'],
    ['x'.repeat(4000), 'x'.repeat(4000)],
    ['', 'refused'],
    ['rep\r\ntilian', 'refused'],
  ])('{system} %j', (segment, expected) => {
    expect(value(parseSystemSegment(segment))).toBe(expected);
  });

  it.each([
    ['6', 6],
    ['00006', 6],
    ['0', 0],
    ['123456', 'refused'],
    ['', 'refused'],
    ['-1', 'refused'],
    ['0x6', 'refused'],
    ['6.0', 'refused'],
    [' 6', 'refused'],
    ['1e1', 'refused'],
  ])('{slot} %j', (segment, expected) => {
    expect(value(parseNumberSegment(segment, 'slot'))).toBe(expected);
  });

  it.each([
    ['2700400b', '2700400b'],
    ['2700400B', '2700400b'],
    ['700400b', 'refused'],
    ['2700400g', 'refused'],
    ['2700400b0', 'refused'],
  ])('{logicalPortId} %j', (segment, expected) => {
    expect(value(parseLogicalPortSegment(segment))).toBe(expected);
  });
});
