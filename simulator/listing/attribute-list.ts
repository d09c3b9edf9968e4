import { HmcRefusal } from '../commands/refusal.js';

export type Operator = '=' | '+=' | '-=';

/** One element of `-a`. */
export interface AttributeChange {
  readonly name: string;
  readonly operator: Operator;
  readonly value: string;
}

/**
 * Splits an attribute list (`-a`) or a filter. A list value needs quotes inside the argument: around the pair
 * (`"backing_devices+=a,b"`) or around the value (`backing_devices="a,b"`); both are real (hmc-cli.md §3 INPUT).
 */
export function readAttributeList(text: string): readonly AttributeChange[] {
  return splitOutsideQuotes(text).map((element) => {
    const match = /^([A-Za-z_]\w*)(\+=|-=|=)([\s\S]*)$/.exec(element);
    if (!match) throw malformed(text);
    const [, name = '', operator = '=', value = ''] = match;
    return { name, operator: operator as Operator, value };
  });
}

/**
 * One filter argument: names to values. `lpar_names=a,slots=6` are two filters; a filter with several values is quoted
 * inside the argument (`"lpar_names=a,b"`), as IBM's pages say of every list value.
 */
export function readFilters(text: string): ReadonlyMap<string, readonly string[]> {
  return new Map(
    splitOutsideQuotes(text).map((element) => {
      const match = /^([a-z_]+)=([\s\S]*)$/.exec(element);
      if (!match) throw malformed(text);
      return [match[1] ?? '', (match[2] ?? '').split(',')];
    }),
  );
}

/** Splits at commas outside of double quotes; two quotes inside quotes are one (hmc-cli.md §3 INPUT). */
function splitOutsideQuotes(text: string): readonly string[] {
  const elements: string[] = [];
  let element = '';
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '"' && quoted && text.charAt(at + 1) === '"') {
      element += '"';
      at += 1;
    } else if (char === '"') {
      quoted = !quoted;
    } else if (char === ',' && !quoted) {
      elements.push(element);
      element = '';
    } else {
      element += char;
    }
  }
  if (quoted) throw malformed(text);
  elements.push(element);
  return elements;
}

/** INVENTED text: what an HMC says of a list that it cannot read was not found published. */
const malformed = (text: string): HmcRefusal =>
  new HmcRefusal(
    `The attribute list ${text} is not formatted correctly.  Please correct your entry and retry the command.`,
  );
