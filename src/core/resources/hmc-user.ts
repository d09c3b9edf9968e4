import { parseRecords } from '../hmc-language/records.js';
import type { Attributes } from '../hmc-language/attributes.js';
import { optionalFlag, optionalText, requiredText } from './attribute-values.js';

/** A user of an HMC: a record of `lshmcusr` (hmc-cli.md §5). */
export interface HmcUser {
  readonly name: string;
  /** `hmcviewer`, `hmcoperator`, `hmcsuperadmin` … or a role of the site's own. */
  readonly taskRole: string | null;
  /** null where the HMC does not print the attribute. */
  readonly disabled: boolean | null;
  readonly attributes: Attributes;
}

/** @throws {HmcOutputError} for a record without a name */
function hmcUserFromRecord(record: Attributes): HmcUser {
  return {
    name: requiredText(record, 'name'),
    taskRole: optionalText(record, 'taskrole'),
    disabled: optionalFlag(record, 'disabled'),
    attributes: record,
  };
}

/** The listing of `lshmcusr`. @throws {HmcOutputError} */
export function parseHmcUsers(text: string): HmcUser[] {
  return parseRecords(text).map(hmcUserFromRecord);
}
