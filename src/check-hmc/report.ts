import type { Finding, HmcCheck } from './finding.js';

/** The report as it is printed: a block for each HMC, a line for each finding, and a last line that counts. */
export function report(checks: readonly HmcCheck[]): string {
  const blocks = checks.map(({ hmcId, address, username, findings }) =>
    [`${hmcId}  ${address}  user ${username}`, ...findings.map(lineOf)].join('\n'),
  );
  const count = (verdict: Finding['verdict']): number =>
    checks.flatMap(({ findings }) => findings).filter((finding) => finding.verdict === verdict).length;
  const total = `${plural(checks.length, 'HMC')} checked: ${plural(count('fault'), 'fault')}, ${plural(count('warning'), 'warning')}, ${count('unknown')} unknown.`;
  return [...blocks, total].join('\n\n') + '\n';
}

/** Whether anything keeps the gateway from working with one of these HMCs. */
export function hasFault(checks: readonly HmcCheck[]): boolean {
  return checks.some(({ findings }) => findings.some(({ verdict }) => verdict === 'fault'));
}

function lineOf({ subject, verdict, seen, advice }: Finding): string {
  const indent = ' '.repeat(23);
  const text = harmless(seen.trim()).replaceAll('\n', `\n${indent}`);
  const line = `  ${verdict.padEnd(8)} ${subject.padEnd(11)} ${text}`;
  return advice === undefined ? line : `${line}\n${indent}-> ${harmless(advice)}`;
}

/** Words of an HMC, without what a terminal takes for an order: control characters other than the end of a line. */
function harmless(text: string): string {
  return text.replace(/(?!\n)\p{Cc}/gu, '\ufffd');
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
