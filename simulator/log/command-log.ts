/** One command as an HMC got it. Times are milliseconds. */
export interface CommandLogEntry {
  /** 1, 2, 3 … in the order in which the exec requests came, over all HMCs. */
  readonly sequence: number;
  readonly hmcId: string;
  /** The frame that `-m` names, where it names one. */
  readonly mtms: string | null;
  readonly user: string;
  readonly connectionId: string;
  readonly line: string;
  readonly words: readonly string[];
  /** Signs such as `*` that stood unquoted, where a shell may expand them. */
  readonly unquoted: readonly string[];
  readonly kind: 'read' | 'change';
  /** Monotonic clock of this process: compare these. */
  readonly startedAt: number;
  /** Wall clock, ISO 8601. */
  readonly startedAtTime: string;
  /** When the change took place; null for a read, and while it has not. */
  effectAt: number | null;
  /** null while it runs, and for ever when it never answers. */
  finishedAt: number | null;
  finishedAtTime: string | null;
  /** `dropped`: the connection was cut instead of an answer; `unanswered`: a fault keeps it silent. */
  end: 'running' | 'exited' | 'dropped' | 'unanswered' | 'no-exit-status';
  exitStatus: number | null;
  stdoutBytes: number;
  stderrBytes: number;
}

/** The commands of all HMCs, in order of arrival. Listeners hear of an entry when it has ended. */
export class CommandLog {
  private readonly list: CommandLogEntry[] = [];
  private count = 0;

  constructor(private readonly onEnd: (entry: CommandLogEntry) => void = () => undefined) {}

  get entries(): readonly CommandLogEntry[] {
    return this.list;
  }

  begin(
    facts: Pick<CommandLogEntry, 'hmcId' | 'mtms' | 'user' | 'connectionId' | 'line' | 'words' | 'unquoted' | 'kind'>,
  ): CommandLogEntry {
    this.count += 1;
    const entry: CommandLogEntry = {
      sequence: this.count,
      ...facts,
      startedAt: performance.now(),
      startedAtTime: new Date().toISOString(),
      effectAt: null,
      finishedAt: null,
      finishedAtTime: null,
      end: 'running',
      exitStatus: null,
      stdoutBytes: 0,
      stderrBytes: 0,
    };
    this.list.push(entry);
    return entry;
  }

  /** Call once for each entry. */
  finish(entry: CommandLogEntry, end: Exclude<CommandLogEntry['end'], 'running'>): void {
    entry.end = end;
    if (end !== 'unanswered') {
      entry.finishedAt = performance.now();
      entry.finishedAtTime = new Date().toISOString();
    }
    this.onEnd(entry);
  }

  /** Forgets the entries; the sequence goes on. */
  clear(): void {
    this.list.length = 0;
  }
}
