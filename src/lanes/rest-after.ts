import { isShownAs, showCommand } from '../core/hmc-language/quote-word.js';
import { isSameObservation } from '../core/operations/observation.js';
import type { Plan } from '../core/operations/operation.js';
import { operationOf } from '../core/operations/operations.js';
import type { Refusal } from '../core/refusal.js';
import type { Snapshot } from '../core/resources/snapshot.js';
import type { JobRecord } from '../store/job-record.js';
import type { Reading, TargetReading } from './readback.js';
import type { StepEnd } from './step-end.js';

/** What is left to do after a command. */
export type RestAfter =
  | { readonly kind: 'rest'; readonly snapshot: Snapshot; readonly plan: Plan }
  /** The command has done its part, and the rest cannot be carried out as things are now. */
  | { readonly kind: 'stuck'; readonly refusal: Refusal; readonly reading: TargetReading };

/**
 * What is left to do, where the readback shows that this command has done its part; else null. After a command that the
 * HMC accepted it is enough that another one comes next, and that the hypervisor is not about to move by itself: what is
 * left after that may be less. One whose end is not known gets the whole settle bound, and then
 * the plan has to go on just as it was: only that shows that the command has done its work, and that a job does not stop
 * half way (with automatic failover off, say) for want of an answer.
 *
 * Where the rest is refused after an accepted command that shows an effect, there is nothing to wait for but what may pass
 * by itself: a network that no careful way spares now ends the job at once, every other refusal at the end of the bound.
 *
 * @param before the observation before this command
 */
export function restAfter(
  record: JobRecord,
  line: string,
  end: StepEnd,
  reading: Reading,
  boundOver: boolean,
  before: unknown,
): RestAfter | null {
  const waiting = record.plan
    // What surely never started is still to do, too: the worker may have been lost before it could try again.
    .filter(({ state }) => state === 'planned' || state === 'never-started')
    .map((step) => step.command);
  if (waiting.length === 0 || reading.kind !== 'read' || reading.holds || end.kind === 'exit-nonzero') return null;
  const planned = operationOf(record.operation).plan(reading.snapshot, record.target, record.request);
  if (!planned.ok) {
    const { refusal } = planned;
    const isFinal = boundOver || (refusal.type === 'network-disruption' && refusal.settling !== true);
    const hasEffect = !isSameObservation(reading.observed, before);
    return end.kind === 'exit-zero' && isFinal && hasEffect ? { kind: 'stuck', refusal, reading } : null;
  }
  const next = planned.value.steps[0];
  if (next === undefined) return null;
  const settles = planned.value.settling === true && !boundOver;
  const nextLine = showCommand(next.command);
  const isDone =
    end.kind === 'exit-zero'
      ? nextLine !== line && !settles
      : boundOver && waiting.some((shown) => isShownAs(nextLine, shown));
  return isDone ? { kind: 'rest', snapshot: reading.snapshot, plan: planned.value } : null;
}
