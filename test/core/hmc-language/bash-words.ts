import { execFileSync } from 'node:child_process';

/** What a real bash makes of a command line: its words, as the program would get them. Nothing of it is run. */
export function bashWords(commandLine: string): string[] {
  const script = `set -- ${commandLine}\nprintf '%s\\0' "$@"`;
  const output = execFileSync('bash', ['-c', script], { env: { ...process.env, LC_ALL: 'C.UTF-8' } });
  return output.toString('utf8').split('\0').slice(0, -1);
}
