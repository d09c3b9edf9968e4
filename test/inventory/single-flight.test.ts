import { describe, expect, it, vi } from 'vitest';
import { SingleFlight } from '../../src/inventory/single-flight.js';

/** Reads that end when the test says so. */
class Reads {
  private readonly waiting: { resolve: (value: string) => void; reject: (error: Error) => void }[] = [];
  begun = 0;

  readonly read = (): Promise<string> => {
    this.begun += 1;
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  };

  /** Ends the n-th read, counted from 0. */
  end(n: number, value: string | Error): void {
    const read = this.waiting[n];
    if (value instanceof Error) read?.reject(value);
    else read?.resolve(value);
  }
}

describe('reads in flight', () => {
  it('are one when they are the same, and only then', async () => {
    const flights = new SingleFlight<string>();
    const reads = new Reads();
    const a = flights.join('k', 'in-flight', reads.read);
    const b = flights.join('k', 'in-flight', reads.read);
    const other = flights.join('other', 'in-flight', reads.read);
    expect(b).toBe(a);
    expect(reads.begun).toBe(2);
    reads.end(0, 'one');
    reads.end(1, 'two');
    expect(await Promise.all([a.value, b.value, other.value])).toEqual(['one', 'one', 'two']);
  });

  it('are not remembered once they have landed, or failed', async () => {
    const flights = new SingleFlight<string>();
    const reads = new Reads();
    const first = flights.join('k', 'in-flight', reads.read);
    reads.end(0, new Error('away'));
    await expect(first.value).rejects.toThrow('away');
    const second = flights.join('k', 'in-flight', reads.read);
    reads.end(1, 'back');
    expect(await second.value).toBe('back');
    const third = flights.join('k', 'in-flight', reads.read);
    expect(reads.begun).toBe(3);
    reads.end(2, 'again');
    expect(await third.value).toBe('again');
  });

  it('a fresh one never joins, and who comes later joins the fresh one', async () => {
    const flights = new SingleFlight<string>();
    const reads = new Reads();
    const stale = flights.join('k', 'in-flight', reads.read);
    const fresh = flights.join('k', 'own', reads.read);
    const later = flights.join('k', 'in-flight', reads.read);
    expect(fresh).not.toBe(stale);
    expect(later).toBe(fresh);
    expect(reads.begun).toBe(2);

    // The old one landing does not make the fresh one forgotten.
    reads.end(0, 'before the change');
    expect(await stale.value).toBe('before the change');
    expect(flights.join('k', 'in-flight', reads.read)).toBe(fresh);
    reads.end(1, 'after the change');
    expect(await later.value).toBe('after the change');
  });

  it('all who want the next one share it, and it begins after they asked', async () => {
    const flights = new SingleFlight<string>();
    const reads = new Reads();
    const present = flights.join('k', 'next', reads.read);
    const a = flights.join('k', 'next', reads.read);
    const b = flights.join('k', 'next', reads.read);
    expect(a).not.toBe(present);
    expect(b).toBe(a);
    expect(reads.begun).toBe(1);

    reads.end(0, new Error('away'));
    await expect(present.value).rejects.toThrow('away');
    await vi.waitFor(() => expect(reads.begun).toBe(2));
    // Who asks now waits for yet another one; who does not mind joins.
    const c = flights.join('k', 'next', reads.read);
    expect(c).not.toBe(a);
    const joined = flights.join('k', 'in-flight', reads.read);
    reads.end(1, 'second');
    expect(await Promise.all([a.value, b.value, joined.value])).toEqual(['second', 'second', 'second']);
    await vi.waitFor(() => expect(reads.begun).toBe(3));
    reads.end(2, 'third');
    expect(await c.value).toBe('third');
  });
});
