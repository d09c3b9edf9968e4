/**
 * What the HMC's restricted bash makes of one command line (hmc-cli.md §5): words, or its own refusal. Only a single
 * simple command is understood; pipes, lists and expansions are refused, because no caller of this simulator needs
 * them and a wrong imitation would hide a quoting fault.
 */
export type ShellResult =
  | { readonly kind: 'words'; readonly words: readonly string[]; readonly unquoted: readonly string[] }
  | { readonly kind: 'refused'; readonly exitStatus: number; readonly stderr: string };

/** bash's exit status for a line that it cannot parse, measured with `bash -c`. */
const SYNTAX_ERROR = 2;

const REDIRECTIONS = '<>';
const OPERATORS = ';&|()';
const GLOBS = '*?[';

const refused = (exitStatus: number, message: string): ShellResult => ({
  kind: 'refused',
  exitStatus,
  stderr: `${message}\n`,
});

/**
 * Splits `line` as bash does. Pathname patterns stay as they are, as bash leaves them where no file matches, but they
 * are reported in `unquoted`: a caller that relies on it would break the day a file of that name exists.
 */
export function splitShellWords(line: string): ShellResult {
  const words: string[] = [];
  const unquoted = new Set<string>();
  // undefined = between two words; '' is a word already (`''`).
  let word: string | undefined;

  for (let at = 0; at < line.length; at += 1) {
    const char = line.charAt(at);
    if (char === ' ' || char === '\t') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (char === "'") {
      const end = line.indexOf("'", at + 1);
      if (end < 0) return unexpectedEnd("'");
      word = (word ?? '') + line.slice(at + 1, end);
      at = end;
    } else if (char === '"') {
      const quoted = readDoubleQuoted(line, at + 1);
      if (quoted.kind === 'refused') return quoted;
      word = (word ?? '') + quoted.text;
      at = quoted.end;
    } else if (char === '\\') {
      at += 1;
      // A backslash before a newline joins two lines; at the end of the line bash keeps it.
      if (line.charAt(at) !== '\n') word = (word ?? '') + (line.charAt(at) || '\\');
    } else if (char === '#' && word === undefined) {
      // A comment ends with its line.
      const end = line.indexOf('\n', at);
      at = (end < 0 ? line.length : end) - 1;
    } else if (char === '$' || char === '`') {
      return refused(SYNTAX_ERROR, `simulator: an unquoted ${char} would be expanded by the shell of an HMC`);
    } else if (REDIRECTIONS.includes(char)) {
      // bash names the file; the words after the sign are what it would have been.
      const file = line.slice(at).replace(/^[<>&|\s]+/, '');
      return refused(1, `/bin/bash: ${file.split(/\s/)[0] ?? ''}: restricted: cannot redirect output`);
    } else if (OPERATORS.includes(char) || char === '\n') {
      if (char === '\n' && line.slice(at).trim() === '') break;
      const shown = char === '\n' ? 'newline' : char;
      return refused(SYNTAX_ERROR, `simulator: an unquoted ${shown} would end the command in the shell of an HMC`);
    } else if (char === '~' || char === '{') {
      return refused(SYNTAX_ERROR, `simulator: an unquoted ${char} may be expanded by the shell of an HMC`);
    } else {
      if (GLOBS.includes(char)) unquoted.add(char);
      word = (word ?? '') + char;
    }
  }
  if (word !== undefined) words.push(word);
  return { kind: 'words', words, unquoted: [...unquoted] };
}

type DoubleQuoted =
  { readonly kind: 'text'; readonly text: string; readonly end: number } | (ShellResult & { kind: 'refused' });

/** Reads up to the closing quote. Inside, a backslash only escapes `$`, a backtick, `"`, `\` and a newline (bash). */
function readDoubleQuoted(line: string, from: number): DoubleQuoted {
  let text = '';
  for (let at = from; at < line.length; at += 1) {
    const char = line.charAt(at);
    if (char === '"') return { kind: 'text', text, end: at };
    if (char === '$' || char === '`') {
      return {
        kind: 'refused',
        exitStatus: SYNTAX_ERROR,
        stderr: `simulator: a ${char} inside double quotes would be expanded by the shell of an HMC\n`,
      };
    }
    if (char !== '\\') {
      text += char;
      continue;
    }
    at += 1;
    const next = line.charAt(at);
    if (next === '\n') continue;
    text += '$`"\\'.includes(next) && next !== '' ? next : `\\${next}`;
  }
  return unexpectedEnd('"');
}

const unexpectedEnd = (quote: string): ShellResult & { kind: 'refused' } => ({
  kind: 'refused',
  exitStatus: SYNTAX_ERROR,
  stderr: `/bin/bash: -c: line 1: unexpected EOF while looking for matching \`${quote}'\n`,
});
