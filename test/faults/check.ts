import { doubtOf, type Doubt } from './doubt.js';
import { Effects } from './effects.js';
import {
  CLOCK_MS,
  hasEffect,
  isSent,
  iso,
  worldAt,
  type Command,
  type History,
  type JobDocument,
  type Reconciliation,
  type World,
} from './history.js';
import { closeMoves, staleActs, startsWhilePaused, wrongCancels, type Finding } from './operator-rules.js';
import { sameAs, wishHolds } from './wish.js';

/** The rules that no fault may break. */
export const RULES = [
  'applied-twice',
  'sent-again',
  'lost',
  'unannounced',
  'stuck',
  'not-as-succeeded',
  'wrong-effect',
  'overlap',
  'out-of-order',
  'needless-indeterminate',
  'unaccounted',
  'after-the-end',
  'fault-of-ours',
  'wrong-cancel',
  'started-while-paused',
  'stale-acted',
  'too-close',
] as const;
export type Rule = (typeof RULES)[number];

/** What each rule means, for the table. */
export const RULE_TEXTS: Readonly<Record<Rule, string>> = {
  'applied-twice': 'changes applied twice',
  'sent-again': 'commands sent again without a refusal in between',
  lost: 'acknowledged jobs lost',
  unannounced: 'jobs that no client was told of',
  stuck: 'jobs stuck',
  'not-as-succeeded': '`succeeded` that are not so',
  'wrong-effect': '`failed` with a wrong `effect`',
  overlap: 'overlaps on a system',
  'out-of-order': 'breaks of order',
  'needless-indeterminate': '`indeterminate` without need',
  unaccounted: 'commands that no job accounts for',
  'after-the-end': 'effects after the job had ended',
  'fault-of-ours': 'jobs failed by a fault of ours',
  'wrong-cancel': 'canceled jobs that ran, or that nobody canceled',
  'started-while-paused': 'jobs started in a paused lane',
  'stale-acted': 'changes made in spite of an outdated `If-Match`',
  'too-close': 'moves of one vNIC too close together',
};

export interface Violation {
  readonly rule: Rule;
  readonly jobId: string | null;
  readonly detail: string;
}

const FINAL = ['succeeded', 'failed', 'indeterminate', 'canceled'];

export interface Verdict {
  readonly violations: readonly Violation[];
  /** Of the jobs that ended `indeterminate`, by id. */
  readonly doubts: ReadonlyMap<string, Doubt>;
  /** Jobs whose own effect was found exactly once. */
  readonly appliedOnce: number;
}

/** Judges a run. Pure: the same history gives the same verdict. */
export function check(history: History): Verdict {
  const jobs = [...history.jobs.values()].filter((job) => job !== null);
  const { commandsOf, unaccounted } = assign(history.commands, jobs);
  const doubts = new Map(
    jobs
      .filter(({ state, finishedAt }) => state === 'indeterminate' && finishedAt !== null)
      .map((job) => [job.id, doubtOf(job, commandsOf.get(job) ?? [], history)]),
  );
  const effects = new Effects(history);
  const times = new Map(jobs.map((job) => [job, effects.times(job, commandsOf.get(job) ?? [])]));
  const violations = [
    ...lostJobs(history),
    ...unannouncedJobs(history),
    ...unaccounted.map((command) => ({
      rule: 'unaccounted' as const,
      jobId: null,
      detail: `no job has sent ${command.line} (${command.hmcId}, ${iso(command.startedAt)})`,
    })),
    ...overlaps(history.commands),
    ...breaksOfOrder(history.commands, commandsOf),
    ...against('wrong-cancel', wrongCancels(history, commandsOf)),
    ...against('started-while-paused', startsWhilePaused(history, commandsOf)),
    ...against('stale-acted', staleActs(history, commandsOf)),
    ...against('too-close', closeMoves(history)),
    ...[...times].flatMap(([{ id, operation, request }, found]) => {
      const detail = `${found} times: ${operation} ${JSON.stringify(request)}`;
      return found > 1 ? [{ rule: 'applied-twice' as const, jobId: id, detail }] : [];
    }),
    ...jobs.flatMap((job) => judge(job, commandsOf.get(job) ?? [], history, doubts.get(job.id))),
    ...history.reconciled.flatMap((one) => {
      const job = history.jobs.get(one.jobId) ?? null;
      return job === null ? [] : judgeReconciled(job, one, commandsOf.get(job) ?? [], history);
    }),
  ];
  return { violations, doubts, appliedOnce: [...times.values()].filter((found) => found === 1).length };
}

function against(rule: Rule, findings: readonly Finding[]): Violation[] {
  return findings.map((finding) => ({ rule, ...finding }));
}

function judge(
  job: JobDocument,
  commands: readonly Command[],
  history: History,
  doubt: Doubt | undefined,
): Violation[] {
  const found: Violation[] = [...repeated(job, commands)];
  const say = (rule: Rule, detail: string): void => void found.push({ rule, jobId: job.id, detail });
  if (!FINAL.includes(job.state) || job.finishedAt === null) {
    say('stuck', `${job.operation} is ${job.state} at the end`);
    return found;
  }
  const ended = Date.parse(job.finishedAt);
  const late = commands.find(({ effectAt }) => effectAt !== null && effectAt > ended + CLOCK_MS);
  switch (job.state) {
    case 'succeeded':
      if (!wishHolds(job, worldAt(history, ended + CLOCK_MS))) {
        say('not-as-succeeded', `${job.operation}: the wish does not hold at its end`);
      }
      if (late) say('after-the-end', `${late.line} took effect after the job had succeeded`);
      break;
    case 'failed': {
      const effect = effectUntil(ended + CLOCK_MS, job, commands, history);
      if (job.error?.effect !== effect) {
        say('wrong-effect', `${job.operation} says ${job.error?.effect ?? 'nothing'}, it is ${effect}`);
      }
      if (late) say('after-the-end', `${late.line} took effect after the job had failed`);
      break;
    }
    case 'indeterminate':
      if (doubt?.needed === false) say('needless-indeterminate', `${job.operation}: ${doubt.why}`);
  }
  if (job.error?.type.endsWith('internal-error') === true) say('fault-of-ours', job.error.detail ?? '');
  return found;
}

/** What the commands of a job had altered by then; what another job did to the same target is not this one's effect. */
function effectUntil(at: number, job: JobDocument, commands: readonly Command[], history: History): 'none' | 'partial' {
  if (!commands.some(hasEffect)) return 'none';
  return sameAs(beforeJob(job, commands, history), worldAt(history, at), job) ? 'none' : 'partial';
}

function beforeJob(job: JobDocument, commands: readonly Command[], history: History): World {
  const first = commands[0]?.startedAt ?? Date.parse(job.createdAt);
  return worldAt(history, Math.min(first, commands.find(hasEffect)?.effectAt ?? first) - 1);
}

/** What was said of a job in doubt when somebody asked again. */
function judgeReconciled(
  job: JobDocument,
  { from, to, state, error }: Reconciliation,
  commands: readonly Command[],
  history: History,
): Violation[] {
  const found: Violation[] = [];
  const say = (rule: Rule, detail: string): void =>
    void found.push({ rule, jobId: job.id, detail: `reconciled at ${iso(to)}, ${job.operation} ${detail}` });
  const shows = [from, to].some((at) => wishHolds(job, worldAt(history, at)));
  const late = commands.find(({ effectAt }) => effectAt !== null && effectAt > to + CLOCK_MS);
  switch (state) {
    case 'succeeded':
      if (!shows) say('not-as-succeeded', 'is `succeeded`, and the wish does not hold');
      else if (!commands.some(hasEffect) && !wishHolds(job, beforeJob(job, commands, history))) {
        say('not-as-succeeded', 'is `succeeded`, and what is there is not its own doing');
      }
      if (late) say('after-the-end', `has succeeded, and ${late.line} took effect after that`);
      break;
    case 'failed': {
      const effects = [from, to].map((at) => effectUntil(at, job, commands, history));
      if (effects.every((effect) => effect !== error?.effect)) {
        say('wrong-effect', `says ${error?.effect ?? 'nothing'}, it is ${effects.at(-1) ?? ''}`);
      } else if (shows && commands.some(hasEffect)) say('wrong-effect', 'is `failed`, and the wish holds');
      if (late) say('after-the-end', `has failed, and ${late.line} took effect after that`);
    }
  }
  return found;
}

/** The same command line twice for one job: only after the HMC has refused it, without an effect. */
function repeated(job: JobDocument, commands: readonly Command[]): Violation[] {
  const found: Violation[] = [];
  for (const line of new Set(commands.map((command) => command.line))) {
    const same = commands.filter((command) => command.line === line);
    if (same.filter(hasEffect).length > 1) {
      found.push({ rule: 'applied-twice', jobId: job.id, detail: `${same.length} times: ${line}` });
    }
    const refusedBefore = same
      .slice(0, -1)
      .every(
        (command, i) => isRefused(command) && (command.finishedAt ?? Infinity) <= (same[i + 1]?.startedAt ?? 0) + 1,
      );
    if (!refusedBefore) found.push({ rule: 'sent-again', jobId: job.id, detail: `${same.length} times: ${line}` });
  }
  return found;
}

function lostJobs(history: History): Violation[] {
  return history.acknowledged
    .filter(({ jobId }) => (history.jobs.get(jobId) ?? null) === null)
    .map(({ jobId, at }) => ({ rule: 'lost', jobId, detail: `acknowledged at ${iso(at)}, unknown at the end` }));
}

function unannouncedJobs(history: History): Violation[] {
  const known = new Set(history.acknowledged.map(({ jobId }) => jobId));
  return history.listed
    .filter((id) => !known.has(id))
    .map((jobId) => ({ rule: 'unannounced', jobId, detail: 'made by a call of which every answer named another job' }));
}

/**
 * Whose command it was: the latest job of that system which had been accepted by then and says it has sent that line.
 */
function assign(
  commands: readonly Command[],
  jobs: readonly JobDocument[],
): { commandsOf: Map<JobDocument, Command[]>; unaccounted: Command[] } {
  const senders = new Map<string, JobDocument[]>();
  for (const job of jobs) {
    for (const line of new Set(job.plan.filter(isSent).map((step) => step.command))) {
      senders.set(line, [...(senders.get(line) ?? []), job]);
    }
  }
  const commandsOf = new Map<JobDocument, Command[]>();
  const unaccounted: Command[] = [];
  for (const command of commands) {
    const sender = (senders.get(command.line) ?? [])
      .filter((job) => Date.parse(job.createdAt) <= command.startedAt + CLOCK_MS)
      .sort((a, b) => a.sequence - b.sequence)
      .at(-1);
    if (sender === undefined) unaccounted.push(command);
    else commandsOf.set(sender, [...(commandsOf.get(sender) ?? []), command]);
  }
  return { commandsOf, unaccounted };
}

/**
 * Two commands at work on one system; a migration is at work on two. One that never answers has worked until its
 * effect.
 */
function overlaps(commands: readonly Command[]): Violation[] {
  const found: Violation[] = [];
  for (const [mtms, own] of bySystem(commands, ({ mtms: here, targetMtms }) => [here, targetMtms])) {
    let busyUntil = 0;
    let busyWith = '';
    for (const command of own) {
      if (command.startedAt < busyUntil - 1) {
        found.push({ rule: 'overlap', jobId: null, detail: `on ${mtms}: ${command.line} beside ${busyWith}` });
      }
      const until = command.finishedAt ?? command.effectAt ?? command.startedAt;
      if (until > busyUntil) [busyUntil, busyWith] = [until, command.line];
    }
  }
  return found;
}

function breaksOfOrder(
  commands: readonly Command[],
  commandsOf: ReadonlyMap<JobDocument, readonly Command[]>,
): Violation[] {
  const sequences = new Map<Command, JobDocument>();
  for (const [job, own] of commandsOf) for (const command of own) sequences.set(command, job);
  const found: Violation[] = [];
  for (const [mtms, own] of bySystem(commands, (command) => [command.mtms])) {
    let highest = 0;
    for (const command of own) {
      const job = sequences.get(command);
      if (job === undefined) continue;
      if (job.sequence < highest) {
        const detail = `on ${mtms}: job ${job.sequence} after job ${highest}: ${command.line}`;
        found.push({ rule: 'out-of-order', jobId: job.id, detail });
      }
      highest = Math.max(highest, job.sequence);
    }
  }
  return found;
}

/** In the order in which they arrived. */
function bySystem(
  commands: readonly Command[],
  on: (command: Command) => readonly (string | null)[],
): Map<string, Command[]> {
  const systems = new Map<string, Command[]>();
  for (const command of commands) {
    for (const mtms of on(command)) if (mtms !== null) systems.set(mtms, [...(systems.get(mtms) ?? []), command]);
  }
  for (const own of systems.values()) own.sort((a, b) => a.startedAt - b.startedAt);
  return systems;
}

function isRefused(command: Command): boolean {
  return command.end === 'exited' && command.exitStatus !== 0 && !hasEffect(command);
}
