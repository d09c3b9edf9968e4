import {
  CLOCK_MS,
  PORT_LEVELS,
  isSent,
  iso,
  stateAt,
  type Command,
  type History,
  type JobDocument,
  type Listing,
} from './history.js';
import { wishHolds } from './wish.js';

/** What took the answer of a command away, or kept the HMC from being read after it. */
export const CAUSES = {
  command: 'the end of the command itself, as the simulator logged it (cut off, never answered, too late)',
  hmc: 'its HMC or the way there was broken at that moment',
  worker: 'its worker was killed or frozen at that moment',
  redis: 'Redis was away at that moment',
  time: 'one of them had been broken until shortly before',
} as const;
export type Cause = keyof typeof CAUSES;

/** Whether a job had to end `indeterminate`. */
export type Doubt = { readonly needed: true; readonly by: Cause } | { readonly needed: false; readonly why: string };

/** From the answer of the HMC until it stands in the record, on a busy machine. */
const RECORDED_MS = 500;
/** ioredis connects again at most two seconds after Redis is back; a worker takes as long to be of use again. */
const RECOVERY_MS = 2_500;
/** After an HMC is back its circuit breaker keeps it closed for a while: it cannot be read yet. */
const HMC_RECOVERY_MS = 20_000;
/** The listings of one readback are sent at once. The next readback comes at least 250 ms after it. */
const ONE_READBACK_MS = 200;
/** Effects and readings are timed by the simulator: only rounding is forgiven. */
const ONE_CLOCK_MS = 5;
/** The last readback, which decides, is not older than this when the job ends. */
const LAST_READBACK_MS = 1_000;

/** @param commands what of this job has reached an HMC */
export function doubtOf(job: JobDocument, commands: readonly Command[], history: History): Doubt {
  const ended = Date.parse(job.finishedAt ?? '');
  const last = job.plan.filter(isSent).at(-1);
  if (last === undefined) return needless('nothing was sent');
  const sentAt = Date.parse(last.startedAt ?? job.createdAt);
  const held = heldSince(job, history, ended);
  if (held !== null && couldRead(job, history, Math.max(held, sentAt), ended)) {
    return needless(`the wish held since ${iso(held)}, and a readback after that could have told`);
  }
  const own = job.hmc ?? '';
  const command = commands.findLast(({ line }) => line === last.command);
  if (last.state === 'succeeded' || last.state === 'failed') {
    const answeredAt = Date.parse(last.finishedAt ?? '');
    // Only the HMC that ran the command can tell that something is not there.
    return couldRead(job, history, answeredAt, ended, own)
      ? needless(`the HMC has answered (${last.state}) and was read after that`)
      : whyUnread(job, history, answeredAt, ended);
  }
  const effectAt = command?.effectAt ?? null;
  if (effectAt !== null && couldRead(job, history, Math.max(effectAt, ended - LAST_READBACK_MS), ended, own)) {
    return needless(`stopped half way, although the last readback showed what ${last.command} had done`);
  }
  return whyUnanswered(sentAt, command, job, history);
}

/** Why the answer of a command did not come, or could not be written down. `command` undefined: it never arrived. */
function whyUnanswered(sentAt: number, command: Command | undefined, job: JobDocument, history: History): Doubt {
  const deadline = sentAt + history.times.changeMs;
  const answeredAt = command?.end === 'exited' ? command.finishedAt : null;
  if (command !== undefined && (answeredAt === null || answeredAt > deadline)) return needed('command');
  const until = (answeredAt ?? deadline) + RECORDED_MS;
  const hmc = command?.hmcId ?? job.hmc;
  const worker = command?.worker ?? readerBefore(sentAt, job, history);
  const struck = (cause: Cause, by: (of: string) => boolean, tailMs: number): Cause[] =>
    history.outages.some(({ of, from, to }) => by(of) && from <= until && to + tailMs >= sentAt) ? [cause] : [];
  const causes = (tailMs: number): Cause[] => [
    ...struck('hmc', (of) => of === hmc, tailMs),
    ...struck('worker', (of) => (worker === null ? of.startsWith('worker') : of === worker), tailMs),
    ...struck('redis', (of) => of === 'redis', tailMs),
  ];
  const [cause] = causes(0);
  if (cause !== undefined) return needed(cause);
  if (causes(RECOVERY_MS).length > 0) return needed('time');
  const what = answeredAt === null ? 'never reached an HMC' : `was answered by ${hmc ?? '?'} at ${iso(answeredAt)}`;
  return needless(
    `sent at ${iso(sentAt)} by ${worker ?? '?'}, the command ${what}, and nothing was broken between them`,
  );
}

/** Why an HMC could not be read, from the answer of the command to the end of the job. */
function whyUnread(job: JobDocument, history: History, from: number, to: number): Doubt {
  const hmcId = job.hmc ?? '';
  const broken = [
    ...history.outages.filter(({ of }) => of === hmcId),
    ...history.faults.filter(({ hides, hmcs }) => hides === 'readings' && hmcs.includes(hmcId)),
  ];
  const unanswered = history.readings.some(
    ({ hmcId: of, mtms, ok, startedAt }) =>
      of === hmcId && mtms === job.managedSystem.mtms && !ok && startedAt >= from && startedAt <= to,
  );
  if (unanswered || broken.some((each) => each.from <= to && each.to >= from)) return needed('hmc');
  if (broken.some((each) => each.from <= to && each.to + HMC_RECOVERY_MS >= from)) return needed('time');
  return needless(`the HMC has answered, and nothing kept it from being read from ${iso(from)} on`);
}

/** Since when the wish has held without a break until the job ended; null: it does not hold then. */
function heldSince(job: JobDocument, history: History, ended: number): number | null {
  const states = history.states.get(job.managedSystem.mtms) ?? [];
  if (!wishHolds(job, stateAt(states, ended))) return null;
  let since = ended;
  for (const state of states.filter(({ at }) => at <= ended).reverse()) {
    if (!wishHolds(job, state)) break;
    since = state.at;
  }
  return since;
}

/**
 * Whether a whole readback of the job's target was answered between these moments, to a worker that was there to hear
 * it. What is in doubt (another listing failed beside it, Redis was away) does not count.
 */
function couldRead(job: JobDocument, history: History, from: number, to: number, hmcId?: string): boolean {
  const [first, ...others] = listingsOf(job);
  const near = history.readings.filter(
    (reading) =>
      reading.mtms === job.managedSystem.mtms &&
      (hmcId === undefined || reading.hmcId === hmcId) &&
      reading.startedAt > from - ONE_READBACK_MS &&
      reading.startedAt < to,
  );
  return near.some((reading) => {
    if (reading.what !== first) return false;
    const together = near.filter(
      (other) =>
        other.worker === reading.worker &&
        other.hmcId === reading.hmcId &&
        Math.abs(other.startedAt - reading.startedAt) < ONE_READBACK_MS,
    );
    if (together.some(({ ok }) => !ok)) return false;
    const isWhole = [first, ...others].every((what) =>
      together.some(
        (one) => one.what === what && one.startedAt > from + ONE_CLOCK_MS && (one.finishedAt ?? Infinity) < to,
      ),
    );
    const begin = Math.min(...together.map(({ startedAt }) => startedAt));
    const end = Math.max(...together.map(({ finishedAt }) => finishedAt ?? Infinity)) + RECORDED_MS;
    const parts = [reading.worker, reading.hmcId, 'redis'];
    return isWhole && !history.outages.some((one) => parts.includes(one.of) && one.from <= end && one.to >= begin);
  });
}

/** What the service reads back of a job of this kind, said anew from what its record has to show. */
function listingsOf({ operation }: JobDocument): readonly Listing[] {
  switch (operation) {
    case 'physical-port.set-label':
      // Each system of the suite has ports at every level.
      return PORT_LEVELS.flatMap((level) => [`ports ${level}`, `granularity ${level}`] as const);
    case 'vnic.create':
    case 'vnic.delete':
    case 'vnic.set':
    case 'backing-device.add':
      return ['vnics', 'partitions'];
    default:
      return ['vnics'];
  }
}

/** The worker that read the system last before this moment: the one that ran its jobs; null where none has. */
function readerBefore(at: number, job: JobDocument, history: History): string | null {
  const earlier = history.readings.filter(
    ({ mtms, startedAt }) => mtms === job.managedSystem.mtms && startedAt <= at + CLOCK_MS,
  );
  return earlier.at(-1)?.worker ?? null;
}

function needed(by: Cause): Doubt {
  return { needed: true, by };
}

function needless(why: string): Doubt {
  return { needed: false, why };
}
