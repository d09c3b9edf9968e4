import { bashWords } from '../core/hmc-language/bash-words.js';
import { readAttributeList } from '../core/hmc-language/read-attribute-list.js';

/** Names that one of two commands may use where the other has the identity. */
const IDENTITY: Readonly<Record<string, string>> = {
  'reptilian-9119-MME-65BA46F': '9119-MME*65BA46F',
  lizard: '6',
};

const identity = (value: string): string => IDENTITY[value] ?? value;

/**
 * A command of the field, or of ours, in a form in which those that mean the same are equal: `-m` by MTMS, `--id` for
 * `-p`, without `-v` and `-w`, attributes in order of their names, whatever the quoting.
 * Written apart from the product.
 * @param added options that only ours names, such as the slot of a create
 */
export function normalisedCommand(line: string, added: Readonly<Record<string, string>> = {}): string {
  const [program, ...words] = bashWords(line);
  const form: Record<string, unknown> = { ...added };
  for (let i = 0; i < words.length; i += 1) {
    const option = words[i] ?? '';
    if (option === '-v') continue;
    i += 1;
    const value = words[i] ?? '';
    if (option === '-w') continue;
    if (option === '-m') form['-m'] = identity(value);
    else if (option === '-p' || option === '--id') form['partition'] = identity(value);
    else if (option === '-a') form['-a'] = attributes(value);
    else if (option === '--filter')
      form['--filter'] = value.replace(
        /^lpar_(names|ids)=(.*)$/,
        (_all, _kind, who: string) => `lpar=${identity(who)}`,
      );
    else form[option] = value;
  }
  return JSON.stringify([program, Object.entries(form).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function attributes(text: string): string[] {
  return readAttributeList(text)
    .map(({ name, operator, value }) => `${name}${operator}${value.join(',')}`)
    .sort();
}
