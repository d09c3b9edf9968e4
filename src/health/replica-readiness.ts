import { Injectable } from '@nestjs/common';
import { LATE, within } from '../within.js';

export interface ReplicaCheckResult {
  readonly ready: boolean;
  /** One sentence for people: why not, or what is going on. */
  readonly detail: string;
}

export type ReplicaCheck = () => ReplicaCheckResult | Promise<ReplicaCheckResult>;

const CHECK_DEADLINE_MS = 3_000;

/** What has to be there before this replica should get calls. Each part of the service adds its own check. */
@Injectable()
export class ReplicaReadiness {
  private readonly checks = new Map<string, ReplicaCheck>();

  add(name: string, check: ReplicaCheck): void {
    this.checks.set(name, check);
  }

  /** The result of every check by its name. One that throws or takes longer than 3 s is not ready. */
  async results(): Promise<Record<string, ReplicaCheckResult>> {
    const entries = await Promise.all(
      [...this.checks].map(async ([name, check]) => [name, await resultOf(check)] as const),
    );
    return Object.fromEntries(entries);
  }
}

async function resultOf(check: ReplicaCheck): Promise<ReplicaCheckResult> {
  try {
    const result = await within(Promise.resolve().then(check), CHECK_DEADLINE_MS);
    return result === LATE ? { ready: false, detail: 'No answer within 3 s.' } : result;
  } catch {
    // What was thrown may hold an address or worse, and this page is open to everybody.
    return { ready: false, detail: 'The check failed.' };
  }
}
