import { appendFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileService } from '../support/compiled-service.js';
import { FAULT_CLASS_NAMES } from './fault-classes.js';
import { report } from './report.js';
import { runFaults, schedule } from './run.js';

/** Whole numbers from the environment; `npm run test:faults` sets FAULTS to the long form. */
const FAULTS = Number(process.env['FAULTS'] ?? FAULT_CLASS_NAMES.length);
const SEED = Number(process.env['FAULT_SEED'] ?? Math.floor(Math.random() * 1_000_000));

/** A fault that came when there was nothing to meet proves nothing: so often each class is to meet something. */
const STRIKES = FAULTS >= 300 ? 10 : FAULTS >= FAULT_CLASS_NAMES.length ? 1 : 0;

const MS_A_FAULT = 20_000;

describe('the service under faults', () => {
  let service: Awaited<ReturnType<typeof compileService>>;
  beforeAll(async () => {
    service = await compileService({ from: process.env['FAULT_SOURCES'] ?? 'src' });
  });
  afterAll(() => service.remove());

  it(
    `breaks no rule through ${FAULTS} faults (FAULT_SEED=${SEED})`,
    async () => {
      const run = await runFaults({
        serviceDir: service.dir,
        seed: SEED,
        faults: schedule(FAULT_CLASS_NAMES, FAULTS, SEED),
        strikes: STRIKES,
        onFault: (done, name) => {
          if (process.env['FAULT_PROGRESS'] !== undefined) process.stderr.write(`${done}/${FAULTS} ${name}\n`);
        },
      });
      const text = report(run);
      process.stdout.write(`\n${text}\n`);
      if (process.env['FAULT_REPORT'] !== undefined) appendFileSync(process.env['FAULT_REPORT'], `${text}\n`);
      expect(run.violations, text).toEqual([]);
      // A run that did little proves little.
      expect(run.history.jobs.size).toBeGreaterThanOrEqual(FAULTS >= 300 ? 3000 : FAULTS * 3);
      const succeeded = [...run.history.jobs.values()].filter((job) => job?.state === 'succeeded').length;
      expect(run.appliedOnce, 'jobs whose own effect was found').toBeGreaterThanOrEqual(succeeded * 0.9);
      for (const name of FAULT_CLASS_NAMES) {
        const struck = run.history.faults.filter((fault) => fault.class === name && fault.struck);
        expect(struck.length, `${name} struck`).toBeGreaterThanOrEqual(STRIKES);
      }
    },
    180_000 + FAULTS * MS_A_FAULT,
  );
});
