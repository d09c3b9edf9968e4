import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Fault } from '../../simulator/faults/faults.js';
import { Keys } from '../../src/jobs/keys.js';
import type { FaultWindow } from './history.js';
import type { Random } from './random.js';
import { TIMES, type Rig } from './rig.js';
import type { ServiceProcess } from './service-process.js';

/** One way to break something: does it, waits, mends it. Resolves when it is mended. */
interface FaultClass {
  /** For the table. */
  readonly text: string;
  readonly hides: FaultWindow['hides'];
  /** @returns whether it met anything; null where that cannot be told */
  inject(rig: Rig, random: Random): Promise<boolean | null>;
}

export const FAULT_CLASSES = {
  'worker-killed': {
    text: 'SIGKILL of a worker',
    hides: 'answers',
    async inject(rig, random) {
      const worker = random.pick(rig.workers);
      await worker.kill();
      await sleep(random.whole(0, 1000));
      return restarted(worker);
    },
  },
  'worker-frozen': {
    text: 'SIGSTOP of a worker past its lease, then SIGCONT',
    hides: 'answers',
    async inject(rig, random) {
      const worker = random.pick(rig.workers);
      // Half of the time while changes wait for their channel: between the last mark in the record and the last check.
      const slow = random.chance(0.5)
        ? rig.simulator.control.addFault({ type: 'delay-channel', ms: 1200, times: null })
        : null;
      if (slow !== null) await sleep(700);
      worker.freeze();
      if (slow !== null) rig.simulator.control.removeFault(slow);
      await sleep(TIMES.lease * 1000 + random.whole(500, 3000));
      worker.thaw();
      return null;
    },
  },
  'worker-terminated': {
    text: 'SIGTERM of a worker (rolling restart)',
    hides: 'answers',
    async inject(rig, random) {
      const worker = random.pick(rig.workers);
      await worker.terminate();
      return restarted(worker);
    },
  },
  'redis-killed': {
    text: 'SIGKILL of Redis, restart from its file',
    hides: 'answers',
    async inject(rig, random) {
      await rig.redis.kill();
      await sleep(random.whole(0, 1000));
      await rig.redis.restart();
      return true;
    },
  },
  'redis-away': {
    text: 'Redis away for 10 s',
    hides: 'answers',
    async inject(rig, random) {
      if (random.chance(0.5)) {
        rig.redis.freeze();
        await sleep(10_000);
        rig.redis.thaw();
      } else {
        await rig.redis.kill();
        await sleep(10_000);
        await rig.redis.restart();
      }
      return true;
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
    inject: (rig, random) => {
      const times = random.whole(1, 2);
      const kind = 'change';
      return armed(
        rig,
        random.pick<Fault>([
          { type: 'no-answer', effect: 'none', kind, times },
          { type: 'no-answer', effect: 'full', kind, times },
          { type: 'no-exit-status', effect: random.pick(['none', 'full']), kind, times },
          // Past the deadline and within the settle bound.
          { type: 'latency', ms: TIMES.change * 1000 + 1000, kind, times },
        ]),
      );
    },
  },
  'hmc-silent': {
    text: 'an HMC that answers nothing',
    hides: 'readings',
    async inject(rig, random) {
      const fault = { type: 'no-answer', effect: random.pick(['none', 'full'] as const), times: null } as const;
      const id = rig.simulator.control.addFault({ ...fault, hmcId: anHmc(rig, random) });
      await sleep(random.whole(2000, 5000));
      rig.simulator.control.removeFault(id);
      return null;
    },
  },
  'half-open': {
    text: 'half-open connections',
    hides: 'readings',
    async inject(rig, random) {
      const proxies = random.chance(0.5) ? [...rig.proxies.values()] : [random.pick([...rig.proxies.values()])];
      let frozen = 0;
      for (const proxy of proxies) frozen += proxy.freeze();
      await sleep(random.whole(4000, 8000));
      for (const proxy of proxies) proxy.dropFrozen();
      return frozen > 0;
    },
  },
  'hmc-reboot': {
    text: 'an HMC reboots',
    hides: 'readings',
    inject: (rig, random) => away(rig, anHmc(rig, random), random.whole(1000, 3000)),
  },
  'hmc-gone': {
    text: 'one of the two HMCs gone',
    hides: 'readings',
    inject: (rig, random) => away(rig, anHmc(rig, random), random.whole(6000, 9000)),
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
      try {
        const waits = redis.duplicate();
        waits.on('error', () => undefined);
        const stored = await storedJob(waits, new Keys(rig.redisPrefix).events());
        // The turn is asked for between storing and answering, and now that waits.
        await redis.client('PAUSE', 500, 'WRITE');
        const busiest = [...rig.apis].sort((a, b) => underWay(rig, b) - underWay(rig, a))[0];
        if (busiest === undefined) throw new Error('there is no api');
        const hit = stored && underWay(rig, busiest) > 0;
        await busiest.kill();
        waits.disconnect();
        await restarted(busiest);
        return hit;
      } finally {
        redis.disconnect();
      }
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
      const actor = random.pick(rig.actors);
      const addition = actor.nextAddition();
      if (addition === null) return armed(rig, { type: 'refuse', text, effect: 'full', kind: 'change' });
      const { mtms, partitionId } = actor.territory;
      const instead = `chhwres -r virtualio --rsubtype vnic -o s -m '${mtms}' --id ${partitionId} -s ${addition.slot} -a 'backing_devices+=${addition.first}'`;
      // Only this addition has the two priorities: no other change is made by half.
      const match = 'backing_devices\\+=.*/97.*/98';
      const id = rig.simulator.control.addFault({ type: 'refuse', text, effect: { instead }, match, kind: 'change' });
      await Promise.race([rig.askFor(actor, addition.change), sleep(10_000)]);
      const struck = await usedUp(rig, id, 8000);
      rig.simulator.control.removeFault(id);
      return struck;
    },
  },
} as const satisfies Readonly<Record<string, FaultClass>>;

export type FaultClassName = keyof typeof FAULT_CLASSES;
export const FAULT_CLASS_NAMES = Object.keys(FAULT_CLASSES) as FaultClassName[];

/** Injects one fault of the class and writes it down. */
export async function inject(rig: Rig, name: FaultClassName, random: Random): Promise<void> {
  const from = Date.now();
  const fault: FaultClass = FAULT_CLASSES[name];
  const struck = await fault.inject(rig, random);
  rig.faults.push({ class: name, from, to: Date.now(), hides: fault.hides, struck });
}

async function restarted(process: ServiceProcess): Promise<true> {
  process.start();
  await process.ready();
  return true;
}

/** Arms a fault of the simulator on one of the HMCs, or on both, and waits a while for it to strike as often as it should. */
async function armed(rig: Rig, fault: Fault): Promise<boolean> {
  const id = rig.simulator.control.addFault(fault);
  const struck = await usedUp(rig, id, 4000);
  const left = rig.simulator.control.listFaults().find((each) => each.id === id)?.left ?? 0;
  rig.simulator.control.removeFault(id);
  return struck || left < (fault.times ?? 1);
}

async function usedUp(rig: Rig, id: number, withinMs: number): Promise<boolean> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(50)) {
    if (!rig.simulator.control.listFaults().some((each) => each.id === id)) return true;
  }
  return false;
}

/** All connections die, new ones are refused for so long. */
async function away(rig: Rig, hmcId: string, ms: number): Promise<null> {
  const proxy = rig.proxies.get(hmcId);
  await proxy?.stop();
  await rig.simulator.control.stopHmc(hmcId);
  await sleep(ms);
  await rig.simulator.control.startHmc(hmcId);
  await proxy?.start();
  return null;
}

function anHmc(rig: Rig, random: Random): string {
  return random.pick(rig.simulator.hmcs).id;
}

function underWay(rig: Rig, api: ServiceProcess): number {
  return rig.client.underWay.get(api.url) ?? 0;
}

/** Waits for the event of a job that was just stored; false when none came within some seconds. */
async function storedJob(redis: Redis, events: string): Promise<boolean> {
  let last = '$';
  for (const deadline = Date.now() + 5000; Date.now() < deadline;) {
    const read = await redis.xread('COUNT', 1, 'BLOCK', 1000, 'STREAMS', events, last);
    const [id, fields] = read?.[0]?.[1][0] ?? [];
    if (id === undefined || fields === undefined) continue;
    last = id;
    if (fields[fields.indexOf('state') + 1] === 'queued' && !fields.includes('running')) return true;
  }
  return false;
}
