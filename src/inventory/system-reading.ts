import type { HmcCommand } from '../core/hmc-language/command.js';
import { timeOfDay } from '../time-of-day.js';
import type { HmcReader } from './hmc-reader.js';
import type { Sharing } from './single-flight.js';

/** One reading of one managed system on one HMC: remembers when the first of its commands was sent. */
export class SystemReading {
  private firstSentAt: number | null = null;

  constructor(
    private readonly reader: HmcReader,
    private readonly hmcId: string,
    readonly mtms: string,
    private readonly sharing: Sharing,
    /** Called with every answer. */
    private readonly heard: () => void,
  ) {}

  read<T>(command: HmcCommand, parse: (stdout: string) => T): Promise<T> {
    const flight = this.reader.read(this.hmcId, command, parse, this.sharing);
    // A flight that was joined began earlier than this reading: what it shows is as old as its start.
    this.firstSentAt = Math.min(this.firstSentAt ?? flight.startedAt, flight.startedAt);
    return flight.value.finally(this.heard);
  }

  /** ISO 8601, UTC. */
  takenAt(): string {
    return timeOfDay(this.firstSentAt ?? performance.now());
  }
}
