import { listManagedSystems } from '../core/hmc-language/reads.js';
import { parseManagedSystems, type ManagedSystem } from '../core/resources/managed-system.js';
import { ProblemError } from '../http/problem-error.js';
import { within } from '../within.js';
import type { HmcReader } from './hmc-reader.js';

/** How long the list of the systems of an HMC is used before it is read again. */
const SYSTEMS_MAX_AGE_MS = 30_000;
/** How long a failure to read it stands before it is tried again. */
const FAILURE_MAX_AGE_MS = 5_000;

/** What is known of the systems of one HMC. */
export interface HmcListing {
  readonly hmcId: string;
  /** As of the last time it could be read; null when it never could. */
  readonly systems: readonly ManagedSystem[] | null;
  /** A moment of `performance.now()`, just before that read was sent. */
  readonly readAt: number | null;
  /** Why the latest try failed; null when it did not, or when there was none yet. */
  readonly problem: ProblemError | null;
}

interface Entry {
  listing: HmcListing;
  /** Start and end of the latest try that has ended; null = none yet. */
  lastTry: { readonly startedAt: number; readonly endedAt: number } | null;
  underWay: { readonly startedAt: number; readonly end: Promise<void> } | null;
}

/**
 * Which HMC lists which systems: read on demand, kept for a short time, an HMC that fails
 * is kept apart from the others.
 */
export class SystemDirectory {
  private readonly entries: readonly Entry[];

  constructor(
    private readonly reader: HmcReader,
    hmcIds: readonly string[],
  ) {
    this.entries = hmcIds.map((hmcId) => ({
      listing: { hmcId, systems: null, readAt: null, problem: null },
      lastTry: null,
      underWay: null,
    }));
  }

  /**
   * The listing of every HMC, in the order of the configuration, read again where it is older than its maximum age. An
   * HMC that failed the last time is tried again on the side, and so is one that does not answer soon: it is waited for
   * only when no other one has answered, and until then what it listed before stands. `whole`: one that has never
   * listed anything is waited for as well, because nothing stands for it.
   */
  async listings(whole = false): Promise<readonly HmcListing[]> {
    const now = performance.now();
    const tries = this.entries
      .filter((entry) => isStale(entry, now))
      .map((entry) => ({ entry, end: this.read(entry), startedAt: entry.underWay?.startedAt ?? now }));
    await Promise.all(
      tries
        .filter(({ entry }) => entry.listing.problem === null)
        .map(({ entry, end, startedAt }) =>
          whole && entry.listing.systems === null
            ? end
            : within(end, Math.max(0, startedAt + this.reader.slowMs - now)),
        ),
    );
    if (!this.entries.some(isOfUse)) await firstThat(tries, ({ entry }) => isOfUse(entry));
    return this.known();
  }

  /** Tries every HMC whose latest try began before `since` (a moment of `performance.now()`), and waits for all. */
  async refresh(since: number): Promise<readonly HmcListing[]> {
    await Promise.all(this.entries.map((entry) => this.readSince(entry, since)));
    return this.known();
  }

  /**
   * Tries one HMC, unless its latest try began after `since` (a moment of `performance.now()`): what it lists of a system
   * may not fit what it has just said. Resolves to what is known then.
   */
  async doubt(hmcId: string, since: number): Promise<HmcListing> {
    const entry = this.entries.find(({ listing }) => listing.hmcId === hmcId);
    if (entry === undefined) throw new Error(`No HMC ${hmcId} is configured`);
    await this.readSince(entry, since);
    return entry.listing;
  }

  /** What is known at this moment, however old. */
  known(): readonly HmcListing[] {
    return this.entries.map((entry) => entry.listing);
  }

  /** Never rejects: a failure becomes the `problem` of the listing. */
  private read(entry: Entry): Promise<void> {
    entry.underWay ??= {
      startedAt: performance.now(),
      end: this.readNow(entry).finally(() => {
        entry.underWay = null;
      }),
    };
    return entry.underWay.end;
  }

  private async readSince(entry: Entry, since: number): Promise<void> {
    const isDone = (): boolean => entry.lastTry !== null && entry.lastTry.startedAt >= since;
    // One that is under way may have begun too early; the next cannot.
    if (!isDone() && entry.underWay !== null) await entry.underWay.end;
    if (!isDone()) await this.read(entry);
  }

  private async readNow(entry: Entry): Promise<void> {
    const { hmcId } = entry.listing;
    const flight = this.reader.read(hmcId, listManagedSystems(), parseManagedSystems, 'in-flight');
    try {
      const systems = await flight.value;
      entry.listing = { hmcId, systems, readAt: flight.startedAt, problem: null };
    } catch (error) {
      entry.listing = { ...entry.listing, problem: asProblem(error, hmcId) };
    }
    entry.lastTry = { startedAt: flight.startedAt, endedAt: performance.now() };
  }
}

/** Whether the systems of this HMC can be told, be it as of a while ago. */
function isOfUse({ listing }: Entry): boolean {
  return listing.problem === null && listing.systems !== null;
}

/** Waits until a try has ended after which `isEnough`, or all have. */
async function firstThat<T extends { readonly end: Promise<void> }>(
  tries: readonly T[],
  isEnough: (each: T) => boolean,
): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const each of tries) void each.end.then(() => (isEnough(each) ? resolve() : undefined));
    void Promise.all(tries.map(({ end }) => end)).then(() => resolve());
  });
}

function isStale(entry: Entry, now: number): boolean {
  if (entry.lastTry === null) return true;
  return entry.listing.problem === null
    ? now - entry.lastTry.startedAt > SYSTEMS_MAX_AGE_MS
    : now - entry.lastTry.endedAt > FAILURE_MAX_AGE_MS;
}

/** A fault of ours in reading one HMC's list must not hide the systems of the others either. */
function asProblem(error: unknown, hmcId: string): ProblemError {
  if (error instanceof ProblemError) return error;
  return new ProblemError(
    {
      type: 'internal-error',
      detail: `The list of systems of HMC ${hmcId} could not be read.`,
      members: { hmc: hmcId },
    },
    { cause: error },
  );
}
