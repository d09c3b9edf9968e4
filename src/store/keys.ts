/**
 * Every key of this service in Redis. The prefix stands in braces: one hash tag, so that all keys live on one slot of a
 * Redis Cluster and a script may touch several (BullMQ needs the same for its own keys).
 *
 * | key                | type   | what                                                                                  |
 * | ------------------ | ------ | ------------------------------------------------------------------------------------- |
 * | job:ID             | hash   | record (JSON), state, sequence, operation, mtms, idempotency (key name), observed     |
 * | jobs, jobs:MTMS    | zset   | `id mtms` by sequence, for lists                                                      |
 * | sequence           | string | the last place given                                                                  |
 * | idempotency:…      | string | `fingerprint jobId`, lives as long as the job                                         |
 * | lane:MTMS:queue    | list   | ids of queued jobs, head first                                                        |
 * | lane:MTMS          | hash   | epoch, running (job id), paused (JSON), closedUntil (ms), history, doubt (job id),    |
 * |                    |        | guest (job id), hmcAwayUntil, hmcAwayLeft, wantedUntil, forgotten (sequence)          |
 * | lane:MTMS:lease    | string | the epoch of the turn that owns the lane, with an expiry                              |
 * | lanes              | zset   | lanes that hold a job, by the time (ms) at which they want a turn                     |
 * | pacing:…           | string | lives as long as the next move of this vNIC has to wait                               |
 * | events             | stream | every change of every job record, for server-sent events                              |
 * | turns:…            |        | BullMQ's own                                                                          |
 * | hmc-login:…        | hash   | count, until (ms): failed logins with one credential on one HMC, for a day            |
 * | hmc-login:…:turn   | string | who logs in with it at this moment                                                    |
 */
export class Keys {
  readonly tag: string;

  constructor(prefix: string) {
    this.tag = `{${prefix}}`;
  }

  job(id: string): string {
    return `${this.tag}:job:${id}`;
  }
  jobs(): string {
    return `${this.tag}:jobs`;
  }
  jobsOfSystem(mtms: string): string {
    return `${this.tag}:jobs:${mtms}`;
  }
  sequence(): string {
    return `${this.tag}:sequence`;
  }
  idempotency(caller: string, keyHash: string): string {
    return `${this.tag}:idempotency:${keyHash}:${caller}`;
  }
  lane(mtms: string): string {
    return `${this.tag}:lane:${mtms}`;
  }
  laneQueue(mtms: string): string {
    return `${this.tag}:lane:${mtms}:queue`;
  }
  laneLease(mtms: string): string {
    return `${this.tag}:lane:${mtms}:lease`;
  }
  lanes(): string {
    return `${this.tag}:lanes`;
  }
  pacing(mtms: string, partitionId: number, slot: number): string {
    return `${this.tag}:pacing:${mtms}:${partitionId}:${slot}`;
  }
  events(): string {
    return `${this.tag}:events`;
  }
  hmcLogin(fingerprint: string): string {
    return `${this.tag}:hmc-login:${fingerprint}`;
  }
}
