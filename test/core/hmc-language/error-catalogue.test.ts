import { describe, expect, it } from 'vitest';

import { explainFailure, FAILURE_KINDS } from '../../../src/core/hmc-language/error-catalogue.js';

const refusal = (stdout: string, stderr = '', exitStatus = 1) =>
  explainFailure({ kind: 'change', exitStatus, stdout, stderr });

describe('explainFailure', () => {
  it.each(['stdout', 'stderr'] as const)('finds the code on %s', (stream) => {
    const message = 'HSCL8012 The partition named zz-no-such-lpar was not found.\n';
    const silent = { kind: 'change', exitStatus: 1, stdout: '', stderr: '' } as const;
    expect(explainFailure({ ...silent, [stream]: message })).toEqual({
      kind: 'not-found',
      hmcCode: 'HSCL8012',
      wrappedCodes: [],
      hmcMessage: message.trim(),
      meaning: 'There is no partition of that name or id.',
      retryable: false,
      profileMayDiffer: false,
      ofThisHmcOnly: false,
      advice: 'Check the partition.',
    });
  });

  it('keeps the words of both streams', () => {
    expect(refusal('HSCL8012 not found\n', 'more\n').hmcMessage).toBe('HSCL8012 not found\nmore');
  });

  it('goes by the wrapped code', () => {
    expect(refusal('HSCL127D: HSCL1293 total capacity would exceed 100.0.')).toMatchObject({
      hmcCode: 'HSCL127D',
      wrappedCodes: ['HSCL1293'],
      kind: 'limit',
    });
    // The innermost known code says most.
    expect(refusal('HSCL127D: HSCL05DF: HSCL1293 words')).toMatchObject({
      wrappedCodes: ['HSCL05DF', 'HSCL1293'],
      kind: 'limit',
    });
    // A wrapped code that is not in the catalogue leaves what the outer one says.
    expect(refusal('HSCL127D: HSCL9999 Something else.')).toMatchObject({
      hmcCode: 'HSCL127D',
      wrappedCodes: ['HSCL9999'],
      meaning: 'The logical port could not be changed.',
    });
    // One without a wrapped code leaves its words.
    expect(refusal('HSCL127D The logical port could not be added.')).toMatchObject({
      wrappedCodes: [],
      advice: expect.stringContaining("the HMC's own words") as string,
    });
  });

  it('does not read the language', () => {
    const english = refusal('HSCLA4C0 The managed system does not support virtual Fibre Channel.');
    const polish = refusal('HSCLA4C0 System zarządzany nie obsługuje wirtualnego kanału światłowodowego.');
    expect({ ...polish, hmcMessage: '' }).toEqual({ ...english, hmcMessage: '' });
    expect(refusal('The partition named x was not found.').kind).toBe('unknown');
  });

  it('does not take a name for a code', () => {
    expect(refusal('HSCL8012 The partition named HSCL3205 was not found.')).toMatchObject({
      hmcCode: 'HSCL8012',
      wrappedCodes: [],
      retryable: false,
    });
    expect(refusal('Words about HSCL3205 first.\nHSCL8012 The partition was not found.')).toMatchObject({
      hmcCode: 'HSCL8012',
      wrappedCodes: [],
    });
    expect(refusal('HSCL8012X is no code').hmcCode).toBeNull();
  });

  it.each([
    ['HSCL0238 This operation is only allowed when the managed system is in the Operating state.', 1, true],
    ['/bin/bash: lshwres: command not found', 127, true],
    ['… or a parameter value is invalid. … have an invalid value are --rsubtype. Please check your entry.', 1, true],
    ['HSCL350B The user does not have the appropriate authority.', 1, true],
    ['HSCL3205 busy', 1, false],
    ['HSCLA4C0 The managed system does not support virtual Fibre Channel.', 1, false],
    ['An unknown error occurred.', 1, false],
  ])('%s: whether it is of this HMC only', (words, exitStatus, expected) => {
    expect(refusal(words, '', exitStatus).ofThisHmcOnly).toBe(expected);
  });

  it('finds a code that something else stands before', () => {
    expect(refusal('hmc1: Error HSCL350B The user does not have the appropriate authority')).toMatchObject({
      hmcCode: 'HSCL350B',
      kind: 'authority',
    });
  });

  it.each([
    ['HSCL3205', { kind: 'busy', retryable: true }],
    ['VIOS0014', { kind: 'busy', retryable: true }],
    ['HSCL3653', { kind: 'state', retryable: true }],
    ['HSCL2957', { kind: 'no-rmc', retryable: false, profileMayDiffer: true }],
    ['HSCL2929', { kind: 'dlpar-failed', retryable: false, profileMayDiffer: true }],
    ['HSCL294D', { kind: 'dlpar-failed', retryable: false, profileMayDiffer: true }],
    ['HSCL0DB4', { kind: 'no-rmc', profileMayDiffer: false }],
    ['HSCL1244', { kind: 'profile' }],
    ['HSCL8018', { kind: 'not-found' }],
  ])('%s', (code, expected) => {
    expect(refusal('', `${code} some words\n`)).toMatchObject({ hmcCode: code, ...expected });
  });

  it.each(['HSCL2957', 'HSCL2929', 'HSCL294D', 'HSCL0DB4'])('%s of a command that only reads', (code) => {
    const read = explainFailure({ kind: 'read', exitStatus: 1, stdout: `${code} some words`, stderr: '' });
    expect(read.profileMayDiffer).toBe(false);
    expect(`${read.meaning ?? ''} ${read.advice}`).not.toContain('profile');
    const change = refusal(`${code} some words`);
    expect(change.advice.includes('profile')).toBe(change.profileMayDiffer);
  });

  it('says what it does not know', () => {
    expect(refusal('HSCL9999 New in a later level.')).toMatchObject({
      kind: 'unknown',
      hmcCode: 'HSCL9999',
      meaning: null,
      retryable: false,
      advice: "See the HMC's own words and IBM's page on HSCL9999.",
    });
    expect(refusal('')).toMatchObject({ kind: 'unknown', hmcCode: null, hmcMessage: '', meaning: null });
  });

  it('knows a shell without the command', () => {
    expect(refusal('', '/bin/bash: last: command not found', 127)).toMatchObject({
      kind: 'unsupported',
      hmcCode: null,
    });
  });

  it('knows an HMC that does not know the resource, in whatever language', () => {
    expect(refusal('Parametry, których brakuje: --rsubtype.')).toMatchObject({ kind: 'unsupported', hmcCode: null });
    expect(refusal('The parameters that are missing or have an invalid value are -m.')).toMatchObject({
      kind: 'unknown',
    });
  });

  it('names each kind once', () => {
    expect(new Set(FAILURE_KINDS).size).toBe(FAILURE_KINDS.length);
  });
});
