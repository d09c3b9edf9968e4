import { HmcOutputError } from '../hmc-language/hmc-output-error.js';
import { ioscliOutput } from '../hmc-language/virtual-io-server-reads.js';

/**
 * The output of `ioslevel`: `2.2.5.10`.
 * @throws {HmcOutputError} for anything else
 */
export function parseVirtualIoServerLevel(text: string): string {
  const level = /^\s*(\d+(?:\.\d+){1,4})\s*$/.exec(ioscliOutput(text))?.[1];
  if (level === undefined) throw new HmcOutputError('The Virtual I/O Server printed no level', text);
  return level;
}
