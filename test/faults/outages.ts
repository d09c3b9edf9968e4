/** A time in which one part of the whole did not work, as whoever broke it wrote it down. Milliseconds since 1970. */
export interface Outage {
  /** `worker1`, `api2`, `redis`, or the id of an HMC. */
  readonly of: string;
  readonly from: number;
  /** Infinity while it lasts. */
  to: number;
}

/** What is broken and what was, over the whole rig. */
export class Outages {
  readonly list: Outage[] = [];

  /** @param from when it began, if that was not now */
  begin(of: string, from = Date.now()): void {
    if (this.present(of) === undefined) this.list.push({ of, from, to: Infinity });
  }

  /** Nothing happens where nothing is broken. */
  end(of: string): void {
    const outage = this.present(of);
    if (outage !== undefined) outage.to = Date.now();
  }

  private present(of: string): Outage | undefined {
    return this.list.find((each) => each.of === of && each.to === Infinity);
  }
}
