import { ProblemError } from '../http/problem-error.js';
import type { Inventory, MergedSystem } from './inventory.js';

/**
 * The system that a body names as `targetSystem`, by name or MTMS.
 * @throws ProblemError unknown-reference: what does not exist is 422 in a body, not 404
 */
export async function resolveTargetSystem(inventory: Inventory, name: string): Promise<MergedSystem> {
  try {
    return await inventory.resolve(name);
  } catch (error) {
    if (!(error instanceof ProblemError) || error.type !== 'target-not-found') throw error;
    throw new ProblemError({ type: 'unknown-reference', detail: error.message, pointer: '/targetSystem' });
  }
}
