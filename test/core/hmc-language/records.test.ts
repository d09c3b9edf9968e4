import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { HmcOutputError } from '../../../src/core/hmc-language/hmc-output-error.js';
import { parseRecords, parseRows, parseTable } from '../../../src/core/hmc-language/records.js';

describe('parseRecords (default format)', () => {
  it('parts a pair at its first =', () => {
    expect(parseRecords('name=a=b,value==,empty=\n')).toEqual([{ name: 'a=b', value: '=', empty: '' }]);
  });

  it('takes commas, doubled quotes and newlines from a quoted pair', () => {
    expect(parseRecords('name=x,"list=a,b","slots=""2/1/1/3,4,5/0/1""","text=one\ntwo\n"\nname=y\n')).toEqual([
      { name: 'x', list: 'a,b', slots: '"2/1/1/3,4,5/0/1"', text: 'one\ntwo\n' },
      { name: 'y' },
    ]);
  });

  it('gives each row its own attributes', () => {
    expect(parseRecords('a=1,b=2\na=3,c=4')).toEqual([
      { a: '1', b: '2' },
      { a: '3', c: '4' },
    ]);
  });

  it('keeps blanks, and takes CRLF and empty lines between records', () => {
    expect(parseRecords('a= 1 \r\n\r\nb=Link Down\r\n')).toEqual([{ a: ' 1 ' }, { b: 'Link Down' }]);
  });

  it.each([
    ['the words', 'No results were found.\n'],
    ['other words', 'Nie znaleziono wyników.\n'],
    ['words with a comma', 'Aucun résultat, désolé.'],
  ])('reads %s as an empty listing', (_what, text) => {
    expect(parseRecords(text)).toEqual([]);
  });

  it('has no attribute that was not printed, whatever its name', () => {
    const [record] = parseRecords('__proto__=1,constructor=2');
    expect(Object.entries(record ?? {})).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
  });

  it.each([
    ['nothing', '', ''],
    ['an empty line', ' \r\n', ''],
    ['output cut off within quotes', 'a=1\n"b=2,3', '"b=2,3'],
    ['a quote in the middle', 'a=1\nb="2"', 'b="2"'],
    ['text after a closing quote', '"a=1"2', '"a=1"2'],
    ['a pair without =', 'a=1,b,c=3', 'a=1,b,c=3'],
    ['a line of words among the records', 'a=1\nNo results were found.', 'No results were found.'],
    ['several lines of words', 'Something\nelse', 'Something'],
    ['a pair without a name', 'a=1,=2', 'a=1,=2'],
    ['an attribute given twice', 'a=1,b=2,a=3', 'a=1,b=2,a=3'],
    ['a message with a code', ' HSCL3205 The HMC is busy.\n', 'HSCL3205 The HMC is busy.'],
    ['a message with a code and pairs', 'HSCL350B: HSCL3205 task=List', 'HSCL350B: HSCL3205 task=List'],
  ])('throws for %s, with the line', (_what, text, line) => {
    expect(() => parseRecords(text)).toThrow(HmcOutputError);
    expect(() => parseRecords(text)).toThrow(expect.objectContaining({ line }));
  });
});

describe('parseTable (-F with --header)', () => {
  it('names the values by the first record', () => {
    expect(parseTable('slot_num,backing_devices\n8,"a,b"\n9,\n')).toEqual([
      { slot_num: '8', backing_devices: 'a,b' },
      { slot_num: '9', backing_devices: '' },
    ]);
  });

  it.each(['No results were found.\n', 'Nie znaleziono wyników.\n', 'adapter_id,phys_port_id\n'])(
    'reads %j as an empty listing',
    (text) => {
      expect(parseTable(text)).toEqual([]);
    },
  );

  it.each([
    '',
    '\n',
    'a,b\n1\n',
    'a,b\n1,2,3\n',
    'a,b\n1,"2',
    'HSCL3205 The HMC is busy.\n',
    'HSCL3205 Busy.\nRetry.\n',
  ])('throws for %j', (text) => {
    expect(() => parseTable(text)).toThrow(HmcOutputError);
  });
});

describe('parseRows (-F without a header)', () => {
  it('names the values by the columns asked for', () => {
    expect(parseRows('1,x\n2,"y,z"\n', ['id', 'name'])).toEqual([
      { id: '1', name: 'x' },
      { id: '2', name: 'y,z' },
    ]);
  });

  it.each(['No results were found.\n', 'Nie znaleziono wyników.\n'])('reads %j as an empty listing', (text) => {
    expect(parseRows(text, ['id', 'name'])).toEqual([]);
  });

  it.each(['', '\n'])('throws for %j: an HMC with nothing to list says so', (text) => {
    expect(() => parseRows(text, ['id', 'name'])).toThrow(HmcOutputError);
  });

  it('throws for a row of another length', () => {
    expect(() => parseRows('1,x\n2\n', ['id', 'name'])).toThrow(HmcOutputError);
    expect(() => parseRows('1,x,y\n', ['id', 'name'])).toThrow(HmcOutputError);
  });

  it('throws for a message with a code, and takes a value that looks like one', () => {
    expect(() => parseRows('HSCL3205 The HMC is busy.\n', ['id', 'name'])).toThrow(HmcOutputError);
    expect(parseRows('HSCL3205,x\n', ['name', 'state'])).toEqual([{ name: 'HSCL3205', state: 'x' }]);
  });

  it('does not take a single column, which could be words', () => {
    expect(() => parseRows('x\n', ['name'])).toThrow(RangeError);
  });
});

describe('what is written by the HMC is what is read', () => {
  const value = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc
      .array(fc.constantFrom(',', '"', '\n', '\r\n', '=', ' ', 'sriov/1/2', 'ż', ''), { maxLength: 8 })
      .map((parts) => parts.join('')),
  );
  const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/);
  /** RFC 4180: quoted where it must be, quotes doubled. */
  const field = (text: string): string => (/[,"\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

  it('in the default format', () => {
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(name, value, { minKeys: 1, noNullPrototype: true }), { minLength: 1 }),
        (records) => {
          const text = records.map((record) =>
            Object.entries(record)
              .map(([attribute, printed]) => field(`${attribute}=${printed}`))
              .join(','),
          );
          expect(parseRecords(text.join('\n') + '\n')).toEqual(records);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('in columns, with a header and without', () => {
    const table = fc
      .uniqueArray(name, { minLength: 2, maxLength: 6 })
      .chain((columns) =>
        fc.tuple(
          fc.constant(columns),
          fc.array(fc.array(value, { minLength: columns.length, maxLength: columns.length }), { minLength: 1 }),
        ),
      );
    fc.assert(
      fc.property(table, ([columns, rows]) => {
        const records = rows.map((row) =>
          Object.fromEntries(columns.map((column, index) => [column, row[index] ?? ''])),
        );
        const text = rows.map((row) => row.map(field).join(',') + '\n').join('');
        expect(parseRows(text, columns)).toEqual(records);
        expect(parseTable(`${columns.join(',')}\n${text}`)).toEqual(records);
      }),
      { numRuns: 500 },
    );
  });
});
