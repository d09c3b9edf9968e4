import fc from 'fast-check';

/** What means something to bash, to the HMC's attribute lists, or to neither but looks as if. */
const FRAGMENTS = [
  ...["'", '"', '`', '$', '$(', ')', '$(touch x)', '${HOME}', '$((1+1))', ';', '&', '&&', '|', '>', '<', '<<EOF', '#'],
  ...['\\', "\\'", '*', '?', '[a-z]', '{a,b}', '~', '~root', '!', '!!', '^', '=', ',', '/', '-', '-o', '--id', '%s'],
  ...[' ', '  ', '\u00a0', 'lizard', 'vios1', 'ł', '日本', '🦎', '\u202e', '\ufeff', '\u0301', '\u2028'],
  ...['\n', '\r', '\t', '\0', '\u001b[31m', '\u007f', '\u0085', '\ud800', '\udc00'],
];

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 8 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: fc.constantFrom(...FRAGMENTS.filter((part) => part.length === 1)), maxLength: 12 }),
);
