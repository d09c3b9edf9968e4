import { ok, refuse, type Result } from '../refusal.js';
import type { HmcCommand } from './command.js';

/**
 * Letters that mean nothing to bash outside quotes, so that a word made of them stays as readable as in the field's own
 * scripts. `=` is among them because the program's name, the only word where it could mean an assignment, never has
 * one.
 */
const PLAIN_WORD = /^[A-Za-z0-9_./:=,+-]+$/;

/**
 * Control characters (C0, DEL, C1) and surrogates without their other half: no UTF-8 command line carries them whole.
 */
const NOT_REPRESENTABLE = /[\p{Cc}\p{Cs}]/u;

/** Whether one word of a command line can carry this text unchanged. */
export function isRepresentable(text: string): boolean {
  return !NOT_REPRESENTABLE.test(text);
}

/**
 * One word of the HMC's shell (a restricted bash, hmc-cli.md §5): plain words stay bare, everything else goes into
 * single quotes, inside which bash leaves every character alone; a single quote itself is written `'\''`.
 * Refuses (`not-representable`) what no command line can carry: control characters, newline and NUL among them, and
 * lone surrogates.
 */
export function quoteWord(word: string): Result<string> {
  if (!isRepresentable(word)) {
    return refuse({
      type: 'not-representable',
      detail: `The HMC command line cannot carry ${JSON.stringify(word)}: it holds a control character or half a character.`,
    });
  }
  return ok(PLAIN_WORD.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
}

/**
 * The command as it is sent.
 * The builders (reads.ts, changes.ts) have already refused every value that cannot be carried; a word that still cannot
 * be is a fault of ours, and so is a reference that nobody has resolved.
 * @throws {TypeError} for a word that cannot be carried, and for a reference
 */
export function renderCommand(command: HmcCommand): string {
  return command.words
    .map((word) => {
      if (typeof word !== 'string') {
        throw new TypeError(`${word.ref} is not known yet: this command can be shown, not sent`);
      }
      return quoted(word);
    })
    .join(' ');
}

/**
 * The command as it is shown in a plan: what is sent, but for a logical port that an earlier command makes, which
 * stands there as `{"ref": "logicalPortOf adapter 2 port 1"}`.
 * @throws {TypeError} for a word that cannot be carried
 */
export function showCommand(command: HmcCommand): string {
  return command.words.map((word) => (typeof word === 'string' ? quoted(word) : `{"ref": "${word.ref}"}`)).join(' ');
}

/** Whether a command line is what was shown in a plan, its references resolved to logical port ids by now. */
export function isShownAs(line: string, shown: string): boolean {
  const parts = shown.split(/\{"ref": "[^"]*"\}/);
  if (parts.length === 1) return line === shown;
  let at = 0;
  for (const [i, part] of parts.entries()) {
    if (!line.startsWith(part, at)) return false;
    at += part.length;
    if (i < parts.length - 1) {
      const id = /^[0-9a-f]{8}(?= |$)/.exec(line.slice(at));
      if (id === null) return false;
      at += id[0].length;
    }
  }
  return at === line.length;
}

function quoted(word: string): string {
  const result = quoteWord(word);
  if (!result.ok) throw new TypeError(result.refusal.detail);
  return result.value;
}
