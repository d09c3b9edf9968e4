import { setImmediate } from 'node:timers/promises';
import type { Pieces } from '../core/label-audit/pieces.js';

/** Does the work piece by piece, and lets the process answer other calls and renew its leases in between. */
export async function piecewise<T>(work: Pieces<T>): Promise<T> {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    await setImmediate();
  }
}
