import {
  CLOCK_MS,
  LOGICAL_PORT_LEVELS,
  PORT_LEVELS,
  isSent,
  iso,
  systemsOf,
  worldAt,
  type Command,
  type History,
  type JobDocument,
  type Listing,
} from './history.js';
import { sameAs, wishHolds } from './wish.js';

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
/** The part of the settle bound in which there is at least one readback. */
const LAST_LOOK_MS = 3_000;

/**
 * Every HMC of the system counts: each may prove that the wish holds, or, where every sent command was answered, that
 * the last one has had its effect. That it shows nothing proves something only of the HMC that ran the command.
 *
 * @param commands what of this job has reached an HMC
 */
export function doubtOf(job: JobDocument, commands: readonly Command[], history: History): Doubt {
  const ended = Date.parse(job.finishedAt ?? '');
  const sent = job.plan.filter(isSent);
  const last = sent.at(-1);
  if (last === undefined) return needless('nothing was sent');
  const sentAt = Date.parse(last.startedAt ?? job.createdAt);
  const shown = heldSince(job, history, ended);
  if (shown !== null) {
    const since = Math.max(shown, sentAt);
    if (couldRead(job, history, since, ended)) {
      return needless(`the wish held since ${iso(shown)}, and a readback after that could have told`);
    }
    const hmc = leftUnread(job, history, since, ended);
    if (hmc !== null) return needless(`the wish held since ${iso(shown)}, and nothing kept ${hmc} from being read`);
  }
  const command = commands.findLast(({ line }) => line === last.command);
  const own = command?.hmcId ?? job.hmc ?? '';
  const effectAt = command?.effectAt ?? null;
  if (sent.every(({ state }) => state === 'succeeded' || state === 'failed')) {
    const answeredAt = Date.parse(last.finishedAt ?? '');
    const telling = effectAt !== null && altersTarget(job, effectAt, history) ? [own, ...history.hmcs] : [own];
    const read = telling.find((hmcId) => couldRead(job, history, answeredAt, ended, hmcId));
    return read === undefined
      ? whyUnread(job, telling, history, answeredAt, ended)
      : needless(`the HMC has answered (${last.state}), and ${read} was read after that`);
  }
  if (effectAt !== null && couldRead(job, history, Math.max(effectAt, ended - LAST_READBACK_MS), ended, own)) {
    return needless(`stopped half way, although the last readback showed what ${last.command} had done`);
  }
  return whyUnanswered(sentAt, command, job, history);
}

/** Whether what became so at this moment is to be seen of the target. */
function altersTarget(job: JobDocument, at: number, history: History): boolean {
  return !sameAs(worldAt(history, at - 1), worldAt(history, at), job);
}

/** Why the answer of a command did not come, or could not be written down. `command` undefined: it never arrived. */
function whyUnanswered(sentAt: number, command: Command | undefined, job: JobDocument, history: History): Doubt {
  const { changeMs, migrationMs } = history.times;
  const deadline = sentAt + (job.operation === 'partition.migrate' ? migrationMs : changeMs);
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

/** Why none of these HMCs could be read, from the answer of the command to the end of the job. */
function whyUnread(job: JobDocument, hmcs: readonly string[], history: History, from: number, to: number): Doubt {
  const causes = hmcs.map((hmcId) => ({ hmcId, cause: kept(hmcId, job, history, from, to) }));
  const free = causes.find(({ cause }) => cause === null);
  if (free !== undefined) {
    return needless(`the HMC has answered, and nothing kept ${free.hmcId} from being read from ${iso(from)} on`);
  }
  return needed(causes.some(({ cause }) => cause === 'hmc') ? 'hmc' : 'time');
}

/** What kept an HMC from being read between these moments; null: nothing did. */
function kept(hmcId: string, job: JobDocument, history: History, from: number, to: number): 'hmc' | 'time' | null {
  const broken = [
    ...history.outages.filter(({ of }) => of === hmcId),
    ...history.faults.filter(({ hides, hmcs }) => hides === 'readings' && hmcs.includes(hmcId)),
  ];
  const unanswered = history.readings.some(
    ({ hmcId: of, mtms, ok, startedAt }) =>
      of === hmcId && systemsOf(job).includes(mtms) && !ok && startedAt >= from && startedAt <= to,
  );
  if (unanswered || broken.some((each) => each.from <= to && each.to >= from)) return 'hmc';
  return broken.some((each) => each.from <= to && each.to + HMC_RECOVERY_MS >= from) ? 'time' : null;
}

/**
 * An HMC that could have shown the wish in the last part of the settle bound, with all that a readback needs at hand;
 * null: there was none, or too little time.
 */
function leftUnread(job: JobDocument, history: History, since: number, ended: number): string | null {
  const from = Math.max(since, ended - LAST_LOOK_MS);
  if (ended - from < LAST_READBACK_MS) return null;
  const isAtHand = !history.outages.some(
    (one) => (one.of === 'redis' || one.of.startsWith('worker')) && one.from <= ended && one.to + RECOVERY_MS >= from,
  );
  return isAtHand ? (history.hmcs.find((hmcId) => kept(hmcId, job, history, from, ended) === null) ?? null) : null;
}

/** Since when the wish has held without a break until the job ended; null: it does not hold then. */
function heldSince(job: JobDocument, history: History, ended: number): number | null {
  if (!wishHolds(job, worldAt(history, ended))) return null;
  let since = ended;
  const moments = systemsOf(job).flatMap((mtms) => (history.states.get(mtms) ?? []).map(({ at }) => at));
  for (const at of moments.filter((moment) => moment <= ended).sort((a, b) => b - a)) {
    if (!wishHolds(job, worldAt(history, at))) break;
    since = at;
  }
  return since;
}

/**
 * Whether a whole readback of the job's target was answered between these moments, to a worker that was there to hear
 * it. What is in doubt (another listing failed beside it, Redis was away) does not count.
 */
function couldRead(job: JobDocument, history: History, from: number, to: number, hmcId?: string): boolean {
  const systems = systemsOf(job);
  const wanted = systems.flatMap((mtms) => listingsOf(job).map((what) => ({ mtms, what })));
  const near = history.readings.filter(
    (reading) =>
      systems.includes(reading.mtms) &&
      (hmcId === undefined || reading.hmcId === hmcId) &&
      reading.startedAt > from - ONE_READBACK_MS &&
      reading.startedAt < to,
  );
  return near.some((reading) => {
    if (reading.what !== wanted[0]?.what) return false;
    const together = near.filter(
      (other) =>
        other.worker === reading.worker &&
        other.hmcId === reading.hmcId &&
        Math.abs(other.startedAt - reading.startedAt) < ONE_READBACK_MS,
    );
    if (together.some(({ ok }) => !ok)) return false;
    const isWhole = wanted.every(({ mtms, what }) =>
      together.some(
        (one) =>
          one.mtms === mtms &&
          one.what === what &&
          one.startedAt > from + ONE_CLOCK_MS &&
          (one.finishedAt ?? Infinity) < to,
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
      return PORTS;
    case 'partition.migrate':
      return [
        'vnics',
        'partitions',
        'adapters',
        ...PORTS,
        ...LOGICAL_PORT_LEVELS.map((l) => `logical ports ${l}` as const),
      ];
    case 'vnic.create':
    case 'vnic.delete':
    case 'vnic.set':
    case 'backing-device.add':
      return ['vnics', 'partitions'];
    default:
      return ['vnics'];
  }
}

const PORTS = PORT_LEVELS.flatMap((level) => [`ports ${level}`, `granularity ${level}`] as const);

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
