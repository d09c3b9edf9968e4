import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until a GET of the URL answers 200. @throws Error after the deadline */
export async function waitFor(url: string, deadlineMs: number): Promise<void> {
  const until = Date.now() + deadlineMs;
  while (!(await answers(url))) {
    if (Date.now() > until) throw new Error(`${url} does not answer after ${deadlineMs / 1000} s.`);
    await sleep(100);
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
