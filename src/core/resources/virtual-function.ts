import { HmcOutputError } from '../hmc-language/hmc-output-error.js';
import { ioscliOutput } from '../hmc-language/virtual-io-server-reads.js';

/** A logical port as a Virtual I/O Server sees it: a line of `lsdev -type adapter -field name physloc description`. */
export interface VirtualFunction {
  /** `ent3`. */
  readonly name: string;
  /** `U78CA.001.CSS08ZN-P1-C3-C1-T2-S5`. */
  readonly location: string;
  /** As printed, in the language of the server. */
  readonly description: string;
}

/** A name and a location code: `vsa0  U9119.MME.659707C-V1-C0 …`. */
const ADAPTER = /^\S+\s+U\w+(\.\w+)*-\S+/;
/** RECALLED: the names of the fields stand in the first line. */
const HEADING = /^name\s+physloc\b/i;

/**
 * The virtual functions among all adapters: those whose location ends in that of a logical port, `-T2-S5`, whatever the
 * language of the description (LIVE vios-lsdev-vf-seed.txt).
 * @throws {HmcOutputError} for words that are none of the server's, and for what is no list of adapters
 */
export function parseVirtualFunctions(text: string): VirtualFunction[] {
  const lines = ioscliOutput(text).split('\n');
  if (!lines.some((line) => ADAPTER.test(line) || HEADING.test(line)))
    throw new HmcOutputError('lsdev printed no list of adapters', text.trim());
  return lines.flatMap((line) => {
    const [, name, location, description] = /^(\S+)\s+(\S+-T\d+-S\d+)\s*(.*)$/.exec(line.trimEnd()) ?? [];
    return name === undefined || location === undefined ? [] : [{ name, location, description: description ?? '' }];
  });
}
