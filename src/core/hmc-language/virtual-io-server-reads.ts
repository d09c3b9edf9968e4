import type { HmcCommand } from './command.js';
import { beginsWithCode } from './error-catalogue.js';
import { HmcOutputError } from './hmc-output-error.js';

/**
 * Every command that reads from a Virtual I/O Server, by `viosvrcmd` (hmc-cli.md §1.11): the HMC passes it on over RMC,
 * so there are no pipes. `virtualIoServerId` is the partition id (`--id`, DOC and CODE).
 */

/** The level of the Virtual I/O Server, `2.2.5.10` (BLOG). */
export function showVirtualIoServerLevel(mtms: string, virtualIoServerId: number): HmcCommand {
  return ioscli(mtms, virtualIoServerId, 'ioslevel');
}

/** The vNIC servers, ten fields a line (CODE lsmap-vnic-fmt-fields.txt). */
export function listVnicServers(mtms: string, virtualIoServerId: number): HmcCommand {
  return ioscli(mtms, virtualIoServerId, 'lsmap -all -vnic -fmt :');
}

/** All adapters with their location codes, the virtual functions among them (LIVE vios-lsdev-vf-seed.txt). */
export function listVirtualFunctions(mtms: string, virtualIoServerId: number): HmcCommand {
  return ioscli(mtms, virtualIoServerId, 'lsdev -type adapter -field name physloc description');
}

/** Whether a root command may carry it: letters and a number, as every vNIC server is called in the captures. */
export const isDeviceName = (name: string): boolean => /^[A-Za-z]+\d+$/.test(name);

/**
 * Failover state, readiness and priority as the vNIC server sees them. A root command (BLOG); `--admin` is RECALLED.
 * Ask `isDeviceName` first.
 */
export function showVnicServerStatistics(mtms: string, virtualIoServerId: number, name: string): HmcCommand {
  if (!isDeviceName(name)) throw new TypeError(`not the name of a device: ${name}`);
  const { words } = ioscli(mtms, virtualIoServerId, `vnicstat ${name}`);
  return { kind: 'read', words: [...words, '--admin'] };
}

/** The error log, a line an entry, the newest first; `errlog` is RECALLED as the name of `errpt` there. */
export function listErrorLog(mtms: string, virtualIoServerId: number): HmcCommand {
  return ioscli(mtms, virtualIoServerId, 'errlog');
}

/** The error log with all that is known of each entry; `-ls` is RECALLED as the name of `errpt -a` there. */
export function listErrorLogInDetail(mtms: string, virtualIoServerId: number): HmcCommand {
  return ioscli(mtms, virtualIoServerId, 'errlog -ls');
}

/**
 * What a Virtual I/O Server printed. That the HMC may say "HSCL2970 The IOServer command failed" and exit 0 all the
 * same is taken from published code: words that begin with a code are none of the server's.
 * @throws {HmcOutputError} for such words
 */
export function ioscliOutput(text: string): string {
  if (beginsWithCode(text)) {
    throw new HmcOutputError('The command was not carried out on the Virtual I/O Server', text.trim());
  }
  return text;
}

function ioscli(mtms: string, virtualIoServerId: number, line: string): HmcCommand {
  return { kind: 'read', words: ['viosvrcmd', '-m', mtms, '--id', String(virtualIoServerId), '-c', line] };
}
