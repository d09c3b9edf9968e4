import { describe, expect, it } from 'vitest';
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
    const flights = new SingleFlight();
    const reads = new Reads();
    const a = flights.join('k', false, reads.read);
    const b = flights.join('k', false, reads.read);
    const other = flights.join('other', false, reads.read);
    expect(b).toBe(a);
    expect(reads.begun).toBe(2);
    reads.end(0, 'one');
    reads.end(1, 'two');
    expect(await Promise.all([a.value, b.value, other.value])).toEqual(['one', 'one', 'two']);
  });

  it('are not remembered once they have landed, or failed', async () => {
    const flights = new SingleFlight();
    const reads = new Reads();
    const first = flights.join('k', false, reads.read);
    reads.end(0, new Error('away'));
    await expect(first.value).rejects.toThrow('away');
    const second = flights.join('k', false, reads.read);
    reads.end(1, 'back');
    expect(await second.value).toBe('back');
    const third = flights.join('k', false, reads.read);
    expect(reads.begun).toBe(3);
    reads.end(2, 'again');
    expect(await third.value).toBe('again');
  });

  it('a fresh one never joins, and who comes later joins the fresh one', async () => {
    const flights = new SingleFlight();
    const reads = new Reads();
    const stale = flights.join('k', false, reads.read);
    const fresh = flights.join('k', true, reads.read);
    const later = flights.join('k', false, reads.read);
    expect(fresh).not.toBe(stale);
    expect(later).toBe(fresh);
    expect(reads.begun).toBe(2);

    // The old one landing does not make the fresh one forgotten.
    reads.end(0, 'before the change');
    expect(await stale.value).toBe('before the change');
    expect(flights.join('k', false, reads.read)).toBe(fresh);
    reads.end(1, 'after the change');
    expect(await later.value).toBe('after the change');
  });
});
