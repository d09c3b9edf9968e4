import { ok, type Result } from '../refusal.js';
import type { Plan, PlannedCommand, Target } from './operation.js';

/** A plan of these steps, or the refusal of the first one that the command line cannot carry. */
export function planOf(steps: readonly Result<PlannedCommand>[], target: Target): Result<Plan> {
  const planned: PlannedCommand[] = [];
  for (const step of steps) {
    if (!step.ok) return step;
    planned.push(step.value);
  }
  return ok({ steps: planned, target });
}
