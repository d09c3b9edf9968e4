import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { quoteWord, renderCommand } from '../../../src/core/hmc-language/quote-word.js';
import { bashWords } from './bash-words.js';
import { hostileText } from './hostile-text.js';

function quoted(word: string): string {
  const result = quoteWord(word);
  if (!result.ok) throw new Error(result.refusal.detail);
  return result.value;
}

describe('quoteWord', () => {
  it.each([
    ['plain words stay bare', 'sriov/vios1//1/1/2.0/10', 'sriov/vios1//1/1/2.0/10'],
    ['options stay bare', '--rsubtype', '--rsubtype'],
    ['an MTMS is quoted for its asterisk', '9119-MME*65BA46F', "'9119-MME*65BA46F'"],
    ['a list is quoted for its quotes', '"backing_devices+=a,b"', `'"backing_devices+=a,b"'`],
    ['a blank', 'my lpar', "'my lpar'"],
    ['a single quote', "it's", `'it'\\''s'`],
    ['nothing is still a word', '', "''"],
    ['a tilde', '~root', "'~root'"],
    ['braces', '{a,b}', "'{a,b}'"],
  ])('%s', (_what, word, expected) => {
    expect(quoteWord(word)).toEqual({ ok: true, value: expected });
  });

  it.each([
    ['newline', 'a\nb'],
    ['carriage return', 'a\rb'],
    ['NUL', 'a\0b'],
    ['tab', 'a\tb'],
    ['escape', '\u001b[31m'],
    ['DEL', '\u007f'],
    ['C1 control', '\u0085'],
    ['high half of a character', 'a\ud83e'],
    ['low half of a character', '\udd8ea'],
  ])('refuses %s', (_what, word) => {
    expect(quoteWord(word)).toMatchObject({ ok: false, refusal: { type: 'not-representable' } });
  });

  it('comes out of a real bash as exactly one unchanged word, or was refused', () => {
    let carried = 0;
    let refused = 0;
    fc.assert(
      fc.property(fc.array(hostileText, { minLength: 50, maxLength: 200 }), (words) => {
        const carriable = words.filter((word) => quoteWord(word).ok);
        carried += carriable.length;
        refused += words.length - carriable.length;
        expect(bashWords(carriable.map(quoted).join(' '))).toEqual(carriable);
      }),
      { numRuns: 40 },
    );
    // Both ways were walked, many times.
    expect(carried).toBeGreaterThan(500);
    expect(refused).toBeGreaterThan(100);
  });

  it('refuses nothing but control characters and halves of characters', () => {
    fc.assert(
      fc.property(hostileText, (word) => {
        const hasNone = [...word].every((char) => {
          const code = char.codePointAt(0) ?? 0;
          return code >= 0x20 && !(code >= 0x7f && code <= 0x9f) && !(code >= 0xd800 && code <= 0xdfff);
        });
        expect(quoteWord(word).ok).toBe(hasNone);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('renderCommand', () => {
  it('joins the quoted words', () => {
    expect(renderCommand({ kind: 'read', words: ['lssyscfg', '-r', 'lpar', '-m', '9119-MME*65BA46F'] })).toBe(
      "lssyscfg -r lpar -m '9119-MME*65BA46F'",
    );
  });

  it('throws for a word that a builder should have refused', () => {
    expect(() => renderCommand({ kind: 'read', words: ['lssyscfg', 'a\nb'] })).toThrow(TypeError);
  });
});
