import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until the condition is true; fails after a minute, saying what was waited for. An error counts as "not yet".
 */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  let last: unknown;
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(20)) {
    try {
      if (await condition()) return;
    } catch (error) {
      last = error;
    }
  }
  throw new Error(`in vain: ${what}`, { cause: last });
}
