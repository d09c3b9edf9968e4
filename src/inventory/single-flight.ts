/** Something that is being read, and since when. */
export interface Flight<T> {
  /** Milliseconds since the epoch, just before the read was sent. */
  readonly startedAt: number;
  readonly value: Promise<T>;
}

/**
 * Lets identical reads that are in flight at the same time share one command.
 *
 * A `fresh` read never joins: it starts a flight of its own and takes the place of the one before, so that whoever asks
 * later joins the newer one. Therefore nobody who asks after a lane has begun its readback is handed what was read
 * before the change.
 */
export class SingleFlight {
  private readonly flights = new Map<string, Flight<unknown>>();

  /** The flight of `key` (which must always stand for the same `T`): the one under way, or a new one by `read`. */
  join<T>(key: string, fresh: boolean, read: () => Promise<T>): Flight<T> {
    const underWay = this.flights.get(key);
    if (underWay !== undefined && !fresh) return underWay as Flight<T>;

    const flight: Flight<T> = { startedAt: Date.now(), value: read() };
    this.flights.set(key, flight);
    const land = (): void => {
      if (this.flights.get(key) === flight) this.flights.delete(key);
    };
    flight.value.then(land, land);
    return flight;
  }
}
