import type { Partition } from './partition.js';
import { rmcConnection } from './rmc-connection.js';

/**
 * A device is added to a Virtual I/O Server that runs and has RMC (hmc-cli.md §1.1, SEED). Null when nothing speaks
 * against it.
 */
export function whyNotServer({ state, rmcState }: Partition): string | null {
  if (state !== null && state !== 'Running') return `It is in state ${JSON.stringify(state)}, not Running.`;
  if (rmcConnection({ rmcState }) === 'none') return `Its RMC connection is ${JSON.stringify(rmcState)}, not active.`;
  return null;
}
