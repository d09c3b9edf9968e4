import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { splitShellWords } from '../../simulator/shell/shell-words.js';

const wordsOf = (line: string): readonly string[] => {
  const result = splitShellWords(line);
  if (result.kind === 'refused') throw new Error(result.stderr);
  return result.words;
};

describe('splitShellWords', () => {
  it('reads both ways in which the seed quotes a list', () => {
    expect(wordsOf(`chhwres -a 'port_vlan_id=3455,backing_devices="a,b"'`)).toEqual([
      'chhwres',
      '-a',
      'port_vlan_id=3455,backing_devices="a,b"',
    ]);
    expect(wordsOf(`chhwres -a '"backing_devices+=a,b"'`)).toEqual(['chhwres', '-a', '"backing_devices+=a,b"']);
    expect(wordsOf('lshwres  --filter "lpar_names=lizard" ')).toEqual(['lshwres', '--filter', 'lpar_names=lizard']);
  });

  it('reports a pattern that the shell may expand, and leaves it as it is', () => {
    expect(splitShellWords('lssyscfg -m 9119-MME*65BA46F')).toEqual({
      kind: 'words',
      words: ['lssyscfg', '-m', '9119-MME*65BA46F'],
      unquoted: ['*'],
    });
    expect(splitShellWords("lssyscfg -m '9119-MME*65BA46F'")).toMatchObject({ unquoted: [] });
  });

  it.each([
    ['lshmc -V > out', 1, 'out: restricted: cannot redirect output'],
    ['lshmc -V; lshmc -v', 2, 'would end the command'],
    ['lshmc -V && date', 2, 'would end the command'],
    ['lshmc -V | head', 2, 'would end the command'],
    ['lshmc\ndate', 2, 'newline would end the command'],
    ['date # now\ndate', 2, 'newline would end the command'],
    ['lshmc $HOME', 2, 'would be expanded'],
    ['lshmc "`date`"', 2, 'would be expanded'],
    ['lshmc "abc', 2, 'unexpected EOF while looking for matching `"\''],
    ["lshmc 'abc", 2, "unexpected EOF while looking for matching `''"],
  ])('refuses %j', (line, exitStatus, text) => {
    expect(splitShellWords(line)).toMatchObject({
      kind: 'refused',
      exitStatus,
      stderr: expect.stringContaining(text),
    });
  });

  describe('against a real bash', () => {
    // Without a file in it no pattern matches, which is the case that is imitated.
    let folder = '';
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'shell-words-'));
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    const bashWords = (line: string): string[] =>
      execFileSync('/bin/bash', ['--norc', '--noprofile', '-c', `printf '%s\\0' start ${line}`], { cwd: folder })
        .toString('utf8')
        .split('\0')
        .slice(1, -1);

    it('finds the same words wherever it finds words', () => {
      const signs = ['a', 'é', ' ', '\t', "'", '"', '\\', '*', '=', '+', '#', ',', '!', '~', '-', '$', '\n', ';'];
      let compared = 0;
      fc.assert(
        fc.property(fc.array(fc.constantFrom(...signs), { maxLength: 14 }), (chars) => {
          const line = chars.join('');
          // A backslash at the very end quotes the line feed of our own script, not something of the line.
          if (line.endsWith('\\')) return;
          const result = splitShellWords(line);
          if (result.kind === 'refused') return;
          compared += 1;
          expect(bashWords(line)).toEqual(result.words);
        }),
        { numRuns: 600 },
      );
      expect(compared).toBeGreaterThan(100);
    });

    it('finds every word that was quoted by one of the three ways', () => {
      const word = fc.string({ unit: 'grapheme', minLength: 0, maxLength: 12 }).filter((each) => !each.includes('\0'));
      const quotings = [
        (text: string) => `'${text.replaceAll("'", `'\\''`)}'`,
        (text: string) => `"${text.replace(/[$`"\\]/g, (sign) => `\\${sign}`)}"`,
        // A backslash cannot quote a newline: it joins the lines.
        (text: string) =>
          text === '' || text.includes('\n') ? `'${text.replaceAll("'", `'\\''`)}'` : text.replace(/./gsu, '\\$&'),
      ];
      fc.assert(
        fc.property(fc.array(fc.tuple(word, fc.constantFrom(...quotings)), { minLength: 1, maxLength: 4 }), (pairs) => {
          const line = pairs.map(([text, quote]) => quote(text)).join(' ');
          expect(wordsOf(line)).toEqual(pairs.map(([text]) => text));
          expect(bashWords(line)).toEqual(pairs.map(([text]) => text));
        }),
        { numRuns: 150 },
      );
    });
  });
});
