import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { mtms } from '../../simulator/estate/model.js';
import type { Fault } from '../../simulator/faults/faults.js';
import type { CommandLogEntry } from '../../simulator/log/command-log.js';
import { CLOCK_MS, type FaultWindow } from './history.js';
import type { Random } from './random.js';
import { TIMES, type Rig } from './rig.js';
import type { ServiceProcess } from './service-process.js';

/** One way to break something: does it, waits, mends it. Resolves when it is mended. */
interface FaultClass {
  /** For the table. */
  readonly text: string;
  readonly hides: FaultWindow['hides'];
  /**
   * @param hmcId the HMC it is for, where it is for one and something is at work there
   * @param aimed it is to hit a moment at which there is something to meet, and not just any moment
   */
  inject(rig: Rig, random: Random, hmcId: string, aimed: boolean): Promise<Met>;
}

/**
 * Whether a fault met a command, a job or a call that was under way. `hmcs`: those that could not be read; all by
 * default.
 */
interface Met {
  readonly struck: boolean;
  readonly hmcs?: readonly string[];
}

export const FAULT_CLASSES = {
  'worker-killed': {
    text: 'SIGKILL of a worker',
    hides: 'answers',
    async inject(rig, random, _hmcId, aimed) {
      const worker = aimed ? await aWorkerAtWork(rig, random) : random.pick(rig.workers);
      const struck = isAtWork(rig, worker);
      await worker.kill();
      await sleep(random.whole(0, 1000));
      await restarted(worker);
      return { struck };
    },
  },
  'worker-frozen': {
    text: 'SIGSTOP of a worker past its lease, then SIGCONT',
    hides: 'answers',
    async inject(rig, random) {
      // Half of the time while a change waits for its channel: between the last mark in the record and the last check.
      // Else while one is at work.
      const slow = random.chance(0.5)
        ? rig.simulator.control.addFault({ type: 'delay-channel', ms: 1200, times: null })
        : null;
      const waiting = slow === null ? null : await aWorkerThatSends(rig);
      const worker = waiting?.worker ?? (await aWorkerAtWork(rig, random));
      worker.freeze();
      const struck = (waiting !== null && !hasArrived(rig, waiting.line, waiting.since)) || isAtWork(rig, worker);
      if (slow !== null) rig.simulator.control.removeFault(slow);
      await sleep(TIMES.lease * 1000 + random.whole(500, 3000));
      worker.thaw();
      return { struck };
    },
  },
  'worker-terminated': {
    text: 'SIGTERM of a worker (rolling restart)',
    hides: 'answers',
    async inject(rig, random) {
      const worker = await aWorkerAtWork(rig, random);
      const struck = isAtWork(rig, worker);
      await worker.terminate();
      await restarted(worker);
      return { struck };
    },
  },
  'redis-killed': {
    text: 'SIGKILL of Redis, restart from its file',
    hides: 'answers',
    async inject(rig, random) {
      await aWorkerAtWork(rig, random);
      const isMissed = watchCalls(rig);
      await rig.redis.kill();
      await sleep(random.whole(0, 1000));
      await rig.redis.restart();
      return { struck: isMissed() };
    },
  },
  'redis-away': {
    text: 'Redis away for 10 s',
    hides: 'answers',
    async inject(rig, random) {
      await aWorkerAtWork(rig, random);
      const isMissed = watchCalls(rig);
      if (random.chance(0.5)) {
        rig.redis.freeze();
        await sleep(10_000);
        rig.redis.thaw();
      } else {
        await rig.redis.kill();
        await sleep(10_000);
        await rig.redis.restart();
      }
      return { struck: isMissed() };
    },
  },
  'dropped-before-effect': {
    text: 'connection dropped before the effect',
    hides: 'answers',
    inject: (rig, random) =>
      armed(rig, { type: 'drop-connection', when: 'before-effect', kind: 'change', times: random.whole(1, 3) }),
  },
  'dropped-after-effect': {
    text: 'connection dropped after the effect',
    hides: 'answers',
    inject: (rig, random) =>
      armed(rig, { type: 'drop-connection', when: 'after-effect', kind: 'change', times: random.whole(1, 3) }),
  },
  'no-answer': {
    text: 'a change that is never answered, or too late',
    hides: 'answers',
    async inject(rig, random) {
      const times = random.whole(1, 2);
      const kind = 'change';
      // Past its deadline, and at work for longer than that.
      const slow = { type: 'latency', ms: TIMES.change * 1000 + 1000, kind, times } as const;
      const fault = random.pick<Fault>([
        { type: 'no-answer', effect: 'none', kind, times },
        { type: 'no-answer', effect: 'full', kind, times },
        { type: 'no-exit-status', effect: random.pick(['none', 'full']), kind, times },
        slow,
      ]);
      const met = await armed(rig, fault);
      // The next fault waits for the slow command: were its connection lost on top, it would outlast the settle bound,
      // and nothing but waiting for longer could keep the next command from running beside it.
      if (fault === slow) await sleep(slow.ms + 500);
      return met;
    },
  },
  'hmc-silent': {
    text: 'an HMC that answers nothing',
    hides: 'readings',
    async inject(rig, random, wanted) {
      const hmcId = await anHmcAtWork(rig, wanted);
      const effect = random.pick(['none', 'full'] as const);
      const since = rig.simulator.log.entries.length;
      const id = rig.simulator.control.addFault({ type: 'no-answer', effect, times: null, hmcId });
      const isStruck = (): boolean =>
        rig.simulator.log.entries.slice(since).some((one) => one.hmcId === hmcId && one.end === 'unanswered');
      await sleep(random.whole(2000, 5000));
      // One of them may be asked for nothing while the other one answers.
      await until(isStruck, 4000);
      rig.simulator.control.removeFault(id);
      return { struck: isStruck(), hmcs: [hmcId] };
    },
  },
  'half-open': {
    text: 'half-open connections',
    hides: 'readings',
    async inject(rig, random, wanted) {
      const hmcId = await anHmcAtWork(rig, wanted);
      const struck = isAtWorkOn(rig, hmcId);
      const hmcs = random.chance(0.5) ? [...rig.proxies.keys()] : [hmcId];
      const proxies = hmcs.flatMap((id) => rig.proxies.get(id) ?? []);
      for (const proxy of proxies) proxy.freeze();
      await sleep(random.whole(4000, 8000));
      for (const proxy of proxies) proxy.dropFrozen();
      return { struck, hmcs };
    },
  },
  'hmc-reboot': {
    text: 'an HMC reboots',
    hides: 'readings',
    inject: (rig, random, hmcId) => away(rig, hmcId, random.whole(1000, 3000)),
  },
  'hmc-gone': {
    text: 'one of the two HMCs gone',
    hides: 'readings',
    inject: (rig, random, hmcId) => away(rig, hmcId, random.whole(6000, 9000)),
  },
  'channel-refused': {
    text: '`open failed` on channels',
    hides: 'readings',
    inject: (rig, random) => armed(rig, { type: 'refuse-channel', times: random.whole(3, 15) }),
  },
  'channel-late': {
    text: 'channels confirmed late',
    hides: 'readings',
    inject: (rig, random) =>
      armed(rig, { type: 'delay-channel', ms: random.pick([1500, 5000, 11_000]), times: random.whole(1, 4) }),
  },
  'api-killed': {
    text: 'SIGKILL of an api between storing a job and answering',
    hides: 'answers',
    async inject(rig) {
      const redis = new Redis(rig.redis.url);
      redis.on('error', () => undefined);
      const before = rig.client.replayed;
      // The callers ask again, and are told of the job that they had made before; where none was made, once more.
      for (let tries = 0; tries < 3 && rig.client.replayed === before; tries += 1) {
        const busiest = await anApiAtWork(rig, redis);
        // Redis stores the job while the replica that would answer stands still.
        busiest.freeze();
        await sleep(800);
        await busiest.kill();
        await restarted(busiest);
        await until(() => rig.client.replayed > before, REPLAY_MS);
      }
      redis.disconnect();
      return { struck: rig.client.replayed > before };
    },
  },
  refused: {
    text: 'a refusal without an effect',
    hides: 'answers',
    inject: (rig, random) =>
      armed(rig, {
        type: 'refuse',
        text: random.pick([
          'HSCL3205 The Virtual I/O Server is busy processing some other request. Please retry the operation after sometime.',
          'HSCL294D The dynamic change of virtual I/O resources failed.',
        ]),
        kind: 'change',
        times: random.whole(1, 2),
      }),
  },
  'refused-with-effect': {
    text: 'a refusal that had an effect',
    hides: 'answers',
    async inject(rig, random) {
      const text = 'HSCL294D The dynamic change of virtual I/O resources failed.';
      if (random.chance(0.5)) return armed(rig, { type: 'refuse', text, effect: 'full', kind: 'change' });
      // One that stays: the half of the addition is for the place where the partition is now.
      const actor = random.pick(rig.actors.filter(({ territory }) => territory.away === null));
      const addition = actor.nextAddition();
      if (addition === null) return armed(rig, { type: 'refuse', text, effect: 'full', kind: 'change' });
      const { system, partition } = actor.place();
      const instead = `chhwres -r virtualio --rsubtype vnic -o s -m '${mtms(system)}' --id ${partition.id} -s ${addition.slot} -a 'backing_devices+=${addition.first}'`;
      // Only this addition has the two priorities: no other change is made by half.
      const match = 'backing_devices\\+=.*/97.*/98';
      const id = rig.simulator.control.addFault({ type: 'refuse', text, effect: { instead }, match, kind: 'change' });
      await Promise.race([rig.askFor(actor, addition.change), sleep(10_000)]);
      const struck = await usedUp(rig, id, 8000);
      rig.simulator.control.removeFault(id);
      // The addition was not made in time.
      return struck ? { struck } : armed(rig, { type: 'refuse', text, effect: 'full', kind: 'change' });
    },
  },
} as const satisfies Readonly<Record<string, FaultClass>>;

export type FaultClassName = keyof typeof FAULT_CLASSES;
export const FAULT_CLASS_NAMES = Object.keys(FAULT_CLASSES) as FaultClassName[];

/**
 * Injects one fault of the class and writes it down.
 * @param aimed see FaultClass
 */
export async function inject(rig: Rig, name: FaultClassName, random: Random, aimed = true): Promise<void> {
  const from = Date.now();
  const fault: FaultClass = FAULT_CLASSES[name];
  const all = [...rig.proxies.keys()];
  const { struck, hmcs = all } = await fault.inject(rig, random, random.pick(all), aimed);
  const { hides } = fault;
  rig.faults.push({ class: name, from, to: Date.now(), hides, hmcs: hides === 'readings' ? hmcs : [], struck });
}

/** More than are at work at any moment. */
const RECENT_COMMANDS = 500;
/** So long after its replica was killed a call may take to come again and be told of the job it had made. */
const REPLAY_MS = 2_000;
/** So long a fault waits for a moment at which it meets something. */
const AIMING_MS = 5_000;

function commandsAtWork(rig: Rig): CommandLogEntry[] {
  return rig.simulator.log.entries.slice(-RECENT_COMMANDS).filter(({ end }) => end === 'running');
}

/** Whether a command that this worker has sent is at work on an HMC now. */
function isAtWork(rig: Rig, { name }: ServiceProcess): boolean {
  return commandsAtWork(rig).some(({ user }) => user === name);
}

/** Whether a command is at work on this HMC now. */
function isAtWorkOn(rig: Rig, hmcId: string): boolean {
  return commandsAtWork(rig).some((command) => command.hmcId === hmcId);
}

/** The wanted HMC, once a command is at work on it; another one, where none is for a while. */
async function anHmcAtWork(rig: Rig, wanted: string): Promise<string> {
  if (await until(() => isAtWorkOn(rig, wanted), AIMING_MS)) return wanted;
  const busy = (): string | undefined => [...rig.proxies.keys()].find((hmcId) => isAtWorkOn(rig, hmcId));
  await until(() => busy() !== undefined, AIMING_MS);
  return busy() ?? wanted;
}

/** A worker of which a change is at work on an HMC; any one, where there is none for a while. */
async function aWorkerAtWork(rig: Rig, random: Random): Promise<ServiceProcess> {
  const busy = (): ServiceProcess[] => {
    const users = commandsAtWork(rig).flatMap(({ kind, user }) => (kind === 'change' ? [user] : []));
    return rig.workers.filter(({ name }) => users.includes(name));
  };
  await until(() => busy().length > 0, AIMING_MS);
  const found = busy();
  return random.pick(found.length > 0 ? found : rig.workers);
}

/** A worker that has marked a change as sent which has not arrived at its HMC; null: none has for a while. */
async function aWorkerThatSends(
  rig: Rig,
): Promise<{ readonly worker: ServiceProcess; readonly line: string; readonly since: number } | null> {
  for (const deadline = Date.now() + AIMING_MS; Date.now() < deadline; await sleep(30)) {
    for (const { managedSystem, plan } of await rig.client.running()) {
      const step = plan.find(({ state }) => state === 'sent');
      const since = Date.parse(step?.startedAt ?? '');
      if (step === undefined || hasArrived(rig, step.command, since)) continue;
      // Who has read the system last runs its jobs.
      const reader = rig.simulator.log.entries.findLast(
        (one) => one.mtms === managedSystem.mtms && one.kind === 'read',
      );
      const worker = rig.workers.find(({ name }) => name === reader?.user);
      if (worker !== undefined) return { worker, line: step.command, since };
    }
  }
  return null;
}

function hasArrived(rig: Rig, line: string, since: number): boolean {
  return rig.simulator.log.entries
    .slice(-RECENT_COMMANDS)
    .some((one) => one.line === line && Date.parse(one.startedAtTime) >= since - CLOCK_MS);
}

async function until(condition: () => boolean, withinMs: number): Promise<boolean> {
  for (const deadline = Date.now() + withinMs; !condition() && Date.now() < deadline;) await sleep(2);
  return condition();
}

/** Tells later whether what breaks now has met a command at work or a call of a client. */
function watchCalls(rig: Rig): () => boolean {
  const atWork = rig.workers.some((worker) => isAtWork(rig, worker));
  const { repeated } = rig.client;
  return () => atWork || rig.client.repeated > repeated;
}

async function restarted(process: ServiceProcess): Promise<void> {
  process.start();
  await process.ready();
}

/** Arms a fault of the simulator and waits a while for it to strike as often as it should. */
async function armed(rig: Rig, fault: Fault): Promise<Met> {
  const id = rig.simulator.control.addFault(fault);
  const isStruck = (): boolean => {
    const left = rig.simulator.control.listFaults().find((each) => each.id === id)?.left ?? 0;
    return left < (fault.times ?? 1);
  };
  await usedUp(rig, id, 4000);
  const struck = await until(isStruck, AIMING_MS);
  rig.simulator.control.removeFault(id);
  return { struck };
}

async function usedUp(rig: Rig, id: number, withinMs: number): Promise<boolean> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(50)) {
    if (!rig.simulator.control.listFaults().some((each) => each.id === id)) return true;
  }
  return false;
}

/** All connections die, new ones are refused for so long. */
async function away(rig: Rig, wanted: string, ms: number): Promise<Met> {
  const hmcId = await anHmcAtWork(rig, wanted);
  const struck = isAtWorkOn(rig, hmcId);
  const proxy = rig.proxies.get(hmcId);
  await proxy?.stop();
  await rig.simulator.control.stopHmc(hmcId);
  await sleep(ms);
  await rig.simulator.control.startHmc(hmcId);
  await proxy?.start();
  return { struck, hmcs: [hmcId] };
}

/** Holds the writes of Redis back at a moment when a call is under way, and gives the replica that waits there. */
async function anApiAtWork(rig: Rig, redis: Redis): Promise<ServiceProcess> {
  const busiest = (): ServiceProcess => rig.apis.reduce((a, b) => (underWay(rig, b) > underWay(rig, a) ? b : a));
  for (let tries = 0; tries < 10; tries += 1) {
    for (const deadline = Date.now() + 2000; underWay(rig, busiest()) === 0 && Date.now() < deadline;) await sleep(2);
    await redis.client('PAUSE', 700, 'WRITE');
    // Long enough for what comes before storing, a reading of the system.
    await sleep(400);
    if (underWay(rig, busiest()) > 0) break;
    await sleep(500);
  }
  return busiest();
}

function underWay(rig: Rig, api: ServiceProcess): number {
  return rig.client.underWay.get(api.url) ?? 0;
}
