import { ok, refuse, type Result } from '../refusal.js';
import { isRepresentable } from './quote-word.js';

/** One `name=value` of an `-a` argument; `+=` and `-=` add to and take from a list (hmc-cli.md §3 INPUT). */
export interface AttributeAssignment {
  readonly name: string;
  readonly operator: '=' | '+=' | '-=';
  /** A list is for attributes whose value is one: its elements are joined with commas. */
  readonly value: string | readonly string[];
}

/** Whether the argument of `-a` can carry this value. */
export const isAttributeValue = (text: string): boolean => isRepresentable(text) && !/[,"]/.test(text);

/**
 * The argument of `-a`: assignments joined by commas. A list of two or more elements needs quotes inside the argument,
 * and both places where they were seen to work are used as they were seen (hmc-cli.md §1.1, SEED): around the value for
 * `=` (`backing_devices="a,b"`, beside other attributes), around the pair for `+=` and `-=`
 * (`"backing_devices+=a,b"`). A single element needs none (LIVE).
 * Refuses (`not-representable`) a value with a comma or a double quote in it: whether and how the HMC's own parser
 * would take an escaped one is not known.
 */
export function attributeList(assignments: readonly AttributeAssignment[]): Result<string> {
  for (const { name, value } of assignments) {
    for (const element of typeof value === 'string' ? [value] : value) {
      if (!isAttributeValue(element)) {
        return refuse({
          type: 'not-representable',
          detail: `The HMC command line cannot carry ${JSON.stringify(element)} as a value of ${name}: a comma, a double quote or a control character is in it.`,
        });
      }
    }
  }
  return ok(assignments.map(assignmentText).join(','));
}

function assignmentText({ name, operator, value }: AttributeAssignment): string {
  if (typeof value === 'string' || value.length < 2) {
    return `${name}${operator}${typeof value === 'string' ? value : value.join()}`;
  }
  const list = value.join(',');
  return operator === '=' ? `${name}="${list}"` : `"${name}${operator}${list}"`;
}
