import { CLOCK_MS, iso, stateAt, type Command, type History, type JobDocument, type SystemState } from './history.js';

/** A finding about one job, or about none. */
export interface Finding {
  readonly jobId: string | null;
  readonly detail: string;
}

type CommandsOf = ReadonlyMap<JobDocument, readonly Command[]>;

/** A job is canceled exactly where that was asked for, stays so, and never reaches an HMC. */
export function wrongCancels({ jobs, cancels }: History, commandsOf: CommandsOf): Finding[] {
  const asked = new Set(cancels.map(({ jobId }) => jobId));
  const granted = new Set(cancels.filter((cancel) => cancel.granted).map(({ jobId }) => jobId));
  return [...jobs.values()].flatMap((job) => {
    if (job === null) return [];
    const { id: jobId, state } = job;
    if (state !== 'canceled') {
      return granted.has(jobId) ? [{ jobId, detail: `was answered to be canceled, and is ${state}` }] : [];
    }
    if (!asked.has(jobId)) return [{ jobId, detail: 'is canceled, and nobody has asked for that' }];
    return commandsOf.has(job) ? [{ jobId, detail: 'is canceled, and yet a command reached an HMC' }] : [];
  });
}

/** While a lane is paused only the job that was at work goes on. */
export function startsWhilePaused({ pauses }: History, commandsOf: CommandsOf): Finding[] {
  return pauses.flatMap(({ mtms, from, to }) => {
    const isIn = (at: number): boolean => at > from && at < to;
    const senders = [...commandsOf]
      .flatMap(([job, commands]) => {
        const own = commands.filter((command) => command.mtms === mtms || command.targetMtms === mtms);
        const sentAt = own.map(({ startedAt }) => startedAt).filter(isIn);
        return sentAt.length > 0 ? [{ job, first: Math.min(...sentAt) }] : [];
      })
      .sort((a, b) => a.first - b.first);
    return senders
      .filter(({ job }, i) => i > 0 || Date.parse(job.startedAt ?? '') > from + CLOCK_MS)
      .map(({ job }) => ({
        jobId: job.id,
        detail: `${job.operation}, started at ${job.startedAt ?? '?'}, was carried out in a lane paused since ${iso(from)}`,
      }));
  });
}

/** A job that was asked for with an ETag does nothing once the configuration of its vNIC is another one. */
export function staleActs({ conditionals, jobs, states }: History, commandsOf: CommandsOf): Finding[] {
  return conditionals.flatMap(({ jobId, mtms, partitionId, slot, readFrom, readTo }) => {
    const job = jobs.get(jobId) ?? null;
    const first = job === null ? undefined : commandsOf.get(job)?.[0];
    if (first === undefined) return [];
    const own = states.get(mtms) ?? [];
    const then = (at: number): string => configuration(stateAt(own, at), partitionId, slot);
    const seen = then(readFrom);
    // What changed while it was read: nobody knows which of the two the ETag is of.
    if (seen !== then(readTo) || seen === then(first.startedAt)) return [];
    return [{ jobId, detail: `its If-Match was of another vNIC than the one it changed: ${first.line}` }];
  });
}

/** What an ETag is of: all but which device is active. */
function configuration({ vnics }: SystemState, partitionId: number, slot: number): string {
  const vnic = vnics.find((one) => one.partitionId === partitionId && one.slot === slot);
  return JSON.stringify(vnic === undefined ? null : { ...vnic, activeLogicalPortId: null });
}

/** Two moves of one vNIC that follow each other too soon for the driver of its partition, wherever that has gone. */
export function closeMoves({ states, paced, times }: History): Finding[] {
  const moves = [...states].flatMap(([mtms, own]) =>
    own.flatMap(({ at, vnics }, i) =>
      vnics
        .filter(({ partition, macAddress, activeLogicalPortId }) => {
          const before = own[i - 1]?.vnics.find((one) => one.macAddress === macAddress)?.activeLogicalPortId ?? null;
          const isMove = before !== null && activeLogicalPortId !== null && before !== activeLogicalPortId;
          return isMove && paced.includes(partition);
        })
        .map(({ macAddress, partition, slot }) => ({ at, macAddress, partition, slot, mtms })),
    ),
  );
  const movedAt = new Map<string, number>();
  return moves
    .sort((a, b) => a.at - b.at)
    .flatMap(({ at, macAddress, partition, slot, mtms }) => {
      const distance = at - (movedAt.get(macAddress) ?? 0);
      movedAt.set(macAddress, at);
      if (distance >= times.pacingMs - CLOCK_MS) return [];
      const detail = `vNIC in slot ${slot} of ${partition} on ${mtms} moved ${Math.round(distance)} ms after its last move (${iso(at)})`;
      return [{ jobId: null, detail }];
    });
}
