/** Something that is being read, and since when. */
export interface Flight<T> {
  /** A moment of `performance.now()`: nothing was sent before. */
  readonly startedAt: number;
  readonly value: Promise<T>;
}

/**
 * Which flights a read may share:
 * - `in-flight`: any that is under way;
 * - `next`: only one that begins after the call. All who ask while a flight is under way share the one after it, so a
 *   crowd that wants to see the present costs two commands, not one each;
 * - `own`: none that is there. A lane does not wait for anybody's read.
 */
export type Sharing = 'in-flight' | 'next' | 'own';

/**
 * Lets identical reads share one command.
 *
 * An `own` read takes the place of the one under way, so that whoever asks later joins the newer one. Therefore nobody
 * who asks after a lane has begun its readback is handed what was read before the change.
 */
export class SingleFlight<T> {
  private readonly underWay = new Map<string, Flight<T>>();
  private readonly waiting = new Map<string, Flight<T>>();

  /** The flight of `key`: one that may be shared, or a new one by `read`. */
  join(key: string, sharing: Sharing, read: () => Promise<T>): Flight<T> {
    const present = this.underWay.get(key);
    if (present === undefined || sharing === 'own') return this.begin(key, read);
    switch (sharing) {
      case 'in-flight':
        return present;
      case 'next':
        return this.waiting.get(key) ?? this.beginAfter(key, present, read);
    }
  }

  private begin(key: string, read: () => Promise<T>): Flight<T> {
    const flight: Flight<T> = { startedAt: performance.now(), value: read() };
    this.underWay.set(key, flight);
    const land = (): void => {
      if (this.underWay.get(key) === flight) this.underWay.delete(key);
    };
    flight.value.then(land, land);
    return flight;
  }

  private beginAfter(key: string, before: Flight<T>, read: () => Promise<T>): Flight<T> {
    const start = (): Promise<T> => {
      this.waiting.delete(key);
      return this.begin(key, read).value;
    };
    const flight: Flight<T> = { startedAt: performance.now(), value: before.value.then(start, start) };
    this.waiting.set(key, flight);
    return flight;
  }
}
