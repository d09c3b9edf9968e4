import { expect } from 'vitest';
import { showCommand } from '../../../src/core/hmc-language/quote-word.js';
import type { Operation, Plan, Target, TargetAddress } from '../../../src/core/operations/operation.js';
import type { Refusal, Result } from '../../../src/core/refusal.js';
import type { Snapshot } from '../../../src/core/resources/snapshot.js';

export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.refusal)}`);
  return result.value;
}

export function refusalOf(result: Result<unknown>): Refusal {
  if (result.ok) throw new Error(`not refused: ${JSON.stringify(result.value)}`);
  // Every refusal says in words what is wrong and what to do.
  expect(result.refusal.detail.length).toBeGreaterThan(30);
  return result.refusal;
}

export function bindAndPlan<R>(
  operation: Operation<R>,
  snapshot: Snapshot,
  address: TargetAddress,
  request: R,
): { readonly target: Target; readonly planned: Result<Plan> } {
  const target = valueOf(operation.bind(snapshot, address, request));
  return { target, planned: operation.plan(snapshot, target, request) };
}

export function lines(plan: Plan): readonly string[] {
  return plan.steps.map(({ command }) => showCommand(command));
}

/** The commands and which of them move the active device. */
export function moves(plan: Plan): readonly boolean[] {
  return plan.steps.map(({ movesActive }) => movesActive);
}
