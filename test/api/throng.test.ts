import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandLogEntry } from '../../simulator/log/command-log.js';
import { REPTILIAN, SAURIAN, startWholeService, type JobBody, type WholeService } from '../support/whole-service.js';

const JOBS = 50;
const CHANGE_MS = 80;

/**
 * Two vNICs of each system, whose automatic failover is switched off and on in turn: each job has one command to send.
 */
const TARGETS = {
  [REPTILIAN]: ['anole/vnics/4', 'anole/vnics/5'],
  [SAURIAN]: ['tegu/vnics/4', 'komodo/vnics/3'],
};

describe('fifty changes thrown at once at each of two systems, with two processes that serve them', () => {
  let service: WholeService;
  let jobs: readonly JobBody[];
  beforeAll(async () => {
    // Two replicas: nothing but the lanes in Redis keeps them from colliding.
    service = await startWholeService({ simulator: { changeLatencyMs: CHANGE_MS }, roles: ['all', 'all'] });
    const accepted = await Promise.all(
      Object.entries(TARGETS).flatMap(([mtms, vnics]) =>
        Array.from({ length: JOBS }, async (_, i) => {
          // The state to come depends on the order of acceptance, so a job that finds its wish fulfilled sends nothing.
          const path = `/v1/managed-systems/${mtms}/partitions/${vnics[i % 2]}`;
          const on = Math.floor(i / 2) % 2 === 1;
          const answer = await service.call('patch', path).send({ autoPriorityFailover: on }).expect(202);
          return (answer.body as JobBody).id;
        }),
      ),
    );
    const finished: JobBody[] = [];
    for (const id of accepted) finished.push(await service.finished(id, 60_000));
    jobs = finished.sort((a, b) => a.sequence - b.sequence);
  }, 90_000);
  afterAll(() => service.close());

  const jobsOf = (mtms: string): JobBody[] =>
    jobs.filter((job) => (job as JobBody & { managedSystem: { mtms: string } }).managedSystem.mtms === mtms);
  const commandsOf = (mtms: string): CommandLogEntry[] => service.changes().filter((entry) => entry.mtms === mtms);

  it('all succeed', () => {
    expect(jobs).toHaveLength(2 * JOBS);
    expect(jobs.map(({ state }) => state)).toEqual(jobs.map(() => 'succeeded'));
    expect(new Set(jobs.map(({ sequence }) => sequence)).size).toBe(2 * JOBS);
  });

  it.each(Object.keys(TARGETS))('no two commands overlap on %s', (mtms) => {
    const commands = commandsOf(mtms);
    expect(commands.length).toBeGreaterThan(5);
    for (const [i, command] of commands.entries()) {
      expect(command.end).toBe('exited');
      const next = commands[i + 1];
      if (next) expect(next.startedAt).toBeGreaterThanOrEqual(command.finishedAt ?? Infinity);
    }
  });

  it.each(Object.keys(TARGETS))('on %s they ran in the order of the sequence, each command once', (mtms) => {
    const planned = jobsOf(mtms).flatMap(({ plan }) => plan.map(({ command }) => command));
    expect(commandsOf(mtms).map(({ line }) => line)).toEqual(planned);
    const started = jobsOf(mtms).map((job) => (job as JobBody & { startedAt: string }).startedAt);
    expect(started).toEqual([...started].sort());
  });

  it('the two systems ran side by side', () => {
    const overlaps = commandsOf(REPTILIAN).filter((one) =>
      commandsOf(SAURIAN).some(
        (other) => one.startedAt < (other.finishedAt ?? 0) && other.startedAt < (one.finishedAt ?? 0),
      ),
    );
    expect(overlaps.length).toBeGreaterThan(3);
  });
});
