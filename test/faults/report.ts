import { RULES, RULE_TEXTS } from './check.js';
import { CAUSES, type Cause } from './doubt.js';
import { FAULT_CLASSES, FAULT_CLASS_NAMES } from './fault-classes.js';
import type { JobDocument } from './history.js';
import type { FaultRun } from './run.js';

/** The result of a run as Markdown tables. */
export function report(run: FaultRun): string {
  const { history, violations } = run;
  const jobs = [...history.jobs.values()].filter((job) => job !== null);
  const states = count(jobs.map(({ state }) => state));
  const kinds = count(jobs.filter(({ state }) => state === 'succeeded').map(({ operation }) => operation));
  const indeterminate = states.get('indeterminate') ?? 0;
  const share = jobs.length === 0 ? 0 : (100 * indeterminate) / jobs.length;
  const late = jobs.filter(({ id }) => history.conditionals.some(({ jobId }) => jobId === id));
  const outdated = late.filter(({ error }) => error?.type.endsWith('precondition-failed') === true).length;
  const conditional = late.length - outdated;
  const minutes = (history.endedAt - run.startedAt) / 60_000;
  const lines = [
    `Seed ${run.seed}: ${history.faults.length} faults over ${jobs.length} jobs in ${minutes.toFixed(1)} minutes, ` +
      `${history.commands.length} changing commands, ${violations.length} violations.`,
    '',
    '| fault | times | struck |',
    '| --- | ---: | ---: |',
    ...FAULT_CLASS_NAMES.map((name) => {
      const own = history.faults.filter((fault) => fault.class === name);
      const struck = own.filter((fault) => fault.struck).length;
      return `| ${FAULT_CLASSES[name].text} | ${own.length} | ${struck} |`;
    }),
    '',
    '| rule | violations |',
    '| --- | ---: |',
    ...RULES.map((rule) => `| ${RULE_TEXTS[rule]} | ${violations.filter((each) => each.rule === rule).length} |`),
    '',
    '| jobs | |',
    '| --- | ---: |',
    ...[...states].sort().map(([state, number]) => `| ${state} | ${number} |`),
    `| share of \`indeterminate\` | ${share.toFixed(2)} % |`,
    ...causes(run),
    `| jobs whose own effect was found exactly once in the simulator | ${run.appliedOnce} |`,
    `| migrations, and validations of one | ${kinds.get('partition.migrate') ?? 0}, ${kinds.get('partition.validate-migration') ?? 0} |`,
    `| jobs in doubt that were reconciled | ${reconciled(history.reconciled)} |`,
    `| jobs canceled while they waited | ${states.get('canceled') ?? 0} of ${history.cancels.length} tries |`,
    `| changes with an outdated \`If-Match\` | ${run.stale} refused at once, ${outdated} when they ran, ${conditional} were in time |`,
    `| times a lane was paused | ${history.pauses.length} |`,
    `| calls repeated after a 503 or a lost answer | ${run.repeated} |`,
    `| … whose job had been stored before the answer was lost | ${run.replayed} |`,
    '',
    `failed by: ${tally(jobs, 'failed')}`,
    `indeterminate: ${tally(jobs, 'indeterminate')}`,
    `calls refused: ${[...count(run.refused.map(({ status, type }) => `${status} ${type.split(':').at(-1) ?? ''}`))].map(([what, n]) => `${what} × ${n}`).join(', ') || 'none'}`,
  ];
  if (violations.length > 0) {
    lines.push('', `Violations (the replicas' logs are in ${run.logs}):`);
    for (const { rule, jobId, detail } of violations.slice(0, 40)) lines.push(`- ${rule} ${jobId ?? ''}: ${detail}`);
  }
  return lines.join('\n');
}

/** What the jobs in doubt were in doubt by. */
function causes({ doubts }: FaultRun): string[] {
  const counts = count([...doubts.values()].map((doubt) => (doubt.needed ? doubt.by : '')));
  return (Object.keys(CAUSES) as Cause[]).map((cause) => `| … ${CAUSES[cause]} | ${counts.get(cause) ?? 0} |`);
}

/** Each call counts: a job may be asked for at once and at the end again. */
function reconciled(calls: FaultRun['history']['reconciled']): string {
  const states = count(calls.map(({ state }) => state));
  const of = (state: string): number => states.get(state) ?? 0;
  return `${calls.length} times: ${of('succeeded')} succeeded, ${of('failed')} failed, ${of('indeterminate')} still in doubt`;
}

function tally(jobs: readonly JobDocument[], state: string): string {
  const kinds = count(
    jobs
      .filter((job) => job.state === state)
      .map(({ operation, error }) => `${operation} ${error?.type.split(':').at(-1) ?? ''}`),
  );
  return [...kinds].map(([what, n]) => `${what} × ${n}`).join(', ') || 'none';
}

function count(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
