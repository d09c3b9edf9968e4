/** What can go wrong on purpose. Times are milliseconds. */
export type FaultAction =
  /** The command is refused with these words. With `effect`, the change is made all the same. */
  | {
      readonly type: 'refuse';
      readonly text: string;
      /** Default: the stream that this HMC uses for the kind of command. */
      readonly stream?: 'stdout' | 'stderr';
      /** Default 1. */
      readonly exitStatus?: number;
      readonly effect?: Effect;
    }
  /** The connection is cut, before or after the change was made. */
  | { readonly type: 'drop-connection'; readonly when: 'before-effect' | 'after-effect' }
  /** No answer ever, on a connection that stays open. */
  | { readonly type: 'no-answer'; readonly effect?: Effect }
  /** The channel closes without an exit status, as when a command dies of a signal. */
  | { readonly type: 'no-exit-status'; readonly effect?: Effect }
  /** The output comes in pieces of `chunkBytes` with `intervalMs` between them. */
  | { readonly type: 'slow-output'; readonly chunkBytes: number; readonly intervalMs: number }
  /** So many bytes of output instead of the real ones. */
  | { readonly type: 'flood'; readonly bytes: number }
  /** In addition to the HMC's own latency. */
  | { readonly type: 'latency'; readonly ms: number }
  /** The change is made only so long after exit 0. */
  | { readonly type: 'delay-effect'; readonly ms: number }
  /** The channel is refused, as by MaxSessions (reason 2). Only `hmcId` selects, there is no command yet. */
  | { readonly type: 'refuse-channel' }
  /** The channel is confirmed late. */
  | { readonly type: 'delay-channel'; readonly ms: number }
  /** A login that would be right is refused, and counts as a failed one. */
  | { readonly type: 'refuse-login' };

/** What of a change is made: nothing, all, or another command line in its place (a part of it, say). */
export type Effect = 'none' | 'full' | { readonly instead: string };

export type FaultType = FaultAction['type'];

/** When a fault strikes. Everything that is left out selects everything. */
export interface FaultSelector {
  readonly hmcId?: string;
  /** A regular expression on the command line. */
  readonly match?: string | RegExp;
  readonly kind?: 'read' | 'change';
  /** How often; default once. `Infinity` (`null` in JSON): until it is cleared. */
  readonly times?: number | null;
}

export type Fault = FaultSelector & FaultAction;

export interface ArmedFault {
  readonly id: number;
  readonly fault: Fault;
  /** How often it still strikes; null = always. */
  readonly left: number | null;
}

const CHANNEL_AND_LOGIN: readonly FaultType[] = ['refuse-channel', 'delay-channel', 'refuse-login'];

/** The faults that are armed. Of each type the oldest that matches strikes; different types strike together. */
export class Faults {
  private readonly armed: { id: number; fault: Fault; pattern: RegExp | undefined; left: number }[] = [];
  private count = 0;

  /** Arms a fault and gives the id to clear it by. Throws where it is not one: see faultOf. */
  add(fault: Fault): number {
    this.count += 1;
    this.armed.push({
      id: this.count,
      fault,
      pattern: patternOf(fault.match),
      left: fault.times === null ? Infinity : (fault.times ?? 1),
    });
    return this.count;
  }

  remove(id: number): boolean {
    const at = this.armed.findIndex((each) => each.id === id);
    if (at >= 0) this.armed.splice(at, 1);
    return at >= 0;
  }

  clear(): void {
    this.armed.length = 0;
  }

  list(): readonly ArmedFault[] {
    return this.armed.map(({ id, fault, pattern, left }) => ({
      id,
      // As text: JSON has no regular expressions.
      fault: pattern ? { ...fault, match: pattern.source } : fault,
      left: left === Infinity ? null : left,
    }));
  }

  /** Takes one fault for a channel or a login. */
  takeFor<T extends FaultType>(type: T, hmcId: string): Extract<FaultAction, { type: T }> | undefined {
    return this.take((each) => each.fault.type === type && (each.fault.hmcId ?? hmcId) === hmcId) as
      Extract<FaultAction, { type: T }> | undefined;
  }

  /** Takes what strikes a command: at most one of each type. */
  takeForCommand(hmcId: string, line: string, kind: 'read' | 'change'): CommandFaults {
    const taken: FaultAction[] = [];
    for (const type of new Set(this.armed.map((each) => each.fault.type))) {
      if (CHANNEL_AND_LOGIN.includes(type)) continue;
      const fault = this.take(
        (each) =>
          each.fault.type === type &&
          (each.fault.hmcId ?? hmcId) === hmcId &&
          (each.fault.kind ?? kind) === kind &&
          (each.pattern?.test(line) ?? true),
      );
      if (fault) taken.push(fault);
    }
    return new CommandFaults(taken);
  }

  private take(matches: (each: (typeof this.armed)[number]) => boolean): Fault | undefined {
    const found = this.armed.find(matches);
    if (!found) return undefined;
    found.left -= 1;
    if (found.left <= 0) this.remove(found.id);
    return found.fault;
  }
}

/** Without the flags that make a pattern remember where it matched last. */
function patternOf(match: string | RegExp | undefined): RegExp | undefined {
  if (match === undefined) return undefined;
  const { source, flags } = new RegExp(match);
  return new RegExp(source, flags.replace(/[gy]/g, ''));
}

/** The faults that strike one command. */
export class CommandFaults {
  constructor(private readonly taken: readonly FaultAction[]) {}

  get<T extends FaultType>(type: T): Extract<FaultAction, { type: T }> | undefined {
    return this.taken.find((each): each is Extract<FaultAction, { type: T }> => each.type === type);
  }
}

/** Checks a fault that came as JSON. Throws an Error that says what is wrong. */
export function faultOf(value: unknown): Fault {
  if (typeof value !== 'object' || value === null) throw new Error('a fault is a JSON object with a "type"');
  const { type, ...members } = value as Record<string, unknown>;
  const shape = typeof type === 'string' && Object.hasOwn(SHAPES, type) ? SHAPES[type as FaultType] : undefined;
  if (!shape) throw new Error(`"type" must be one of ${Object.keys(SHAPES).join(', ')}`);
  for (const name of Object.keys(shape)) {
    if (members[name] === undefined && !shape[name]?.endsWith('?')) throw new Error(`"${name}" is missing`);
  }
  for (const [name, member] of Object.entries(members)) {
    const expected = { ...SELECTOR_SHAPE, ...shape }[name];
    if (expected === undefined) throw new Error(`"${name}" is not known for ${String(type)}`);
    if (!CHECKS[expected.replace('?', '') as keyof typeof CHECKS](member)) throw new Error(`"${name}" is not valid`);
  }
  return value as Fault;
}

const SELECTOR_SHAPE: Record<string, string> = { hmcId: 'text?', match: 'pattern?', kind: 'kind?', times: 'times?' };
const SHAPES: Record<FaultType, Record<string, string>> = {
  refuse: { text: 'text', stream: 'stream?', exitStatus: 'number?', effect: 'effect?' },
  'drop-connection': { when: 'when' },
  'no-answer': { effect: 'effect?' },
  'no-exit-status': { effect: 'effect?' },
  'slow-output': { chunkBytes: 'positive', intervalMs: 'number' },
  flood: { bytes: 'number' },
  latency: { ms: 'number' },
  'delay-effect': { ms: 'number' },
  'refuse-channel': {},
  'delay-channel': { ms: 'number' },
  'refuse-login': {},
};

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;

const CHECKS = {
  text: (value: unknown) => typeof value === 'string',
  number: isNumber,
  positive: (value: unknown) => isNumber(value) && value >= 1,
  kind: (value: unknown) => value === 'read' || value === 'change',
  times: (value: unknown) => value === null || (isNumber(value) && value >= 1),
  stream: (value: unknown) => value === 'stdout' || value === 'stderr',
  when: (value: unknown) => value === 'before-effect' || value === 'after-effect',
  effect: (value: unknown) =>
    value === 'none' ||
    value === 'full' ||
    (typeof value === 'object' && value !== null && typeof (value as { instead?: unknown }).instead === 'string'),
  pattern: (value: unknown) => {
    if (value instanceof RegExp) return true;
    if (typeof value !== 'string') return false;
    try {
      new RegExp(value);
      return true;
    } catch {
      return false;
    }
  },
};
