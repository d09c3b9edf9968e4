import type { Snapshot, SnapshotPart, SnapshotParts } from '../core/resources/snapshot.js';
import { listUsedSlots } from '../core/hmc-language/reads.js';
import { parseUsedSlots, type UsedSlot } from '../core/resources/virtual-slots.js';
import { HMC_RETRY_AFTER_SECONDS } from '../hmc/command-problem.js';
import { ProblemError } from '../http/problem-error.js';
import { firstAnswer } from './first-answer.js';
import type { HmcReader } from './hmc-reader.js';
import { Inventory, type EstateList, type MergedSystem, type ReadOptions } from './inventory.js';
import { mergeSystems, OPERATING, systemsCalled, type SystemsOfHmc } from './merge-systems.js';
import { notConnectedOr } from './not-connected.js';
import { anotherHmcMayAnswer, hasLostSystem, isUnfit, noHmcAnswered, notRead } from './no-hmc-answered.js';
import { readPart } from './read-part.js';
import { SystemReading } from './system-reading.js';
import type { Sharing } from './single-flight.js';
import type { HmcListing, SystemDirectory } from './system-directory.js';

/**
 * How long an HMC that was not fit for a reading is asked last for the same parts. Only the order depends on it, so an
 * HMC that is updated meanwhile, or its user given a right, is missed by nobody.
 */
const UNFIT_MS = 300_000;

/** The inventory as the HMCs tell it. */
export class HmcInventory extends Inventory {
  /** Which HMC is asked last for which parts, until when (a moment of `performance.now()`). */
  private readonly unfit = new Map<string, number>();

  constructor(
    private readonly reader: HmcReader,
    private readonly directory: SystemDirectory,
  ) {
    super();
  }

  override async systems(): Promise<EstateList> {
    const listings = answered(await this.directory.listings(true));
    return { systems: mergeSystems(listings), readAt: Math.min(...listings.map(({ readAt }) => readAt)) };
  }

  override async resolve(nameOrMtms: string): Promise<MergedSystem> {
    const found = await this.look(nameOrMtms, (systems) => systemsCalled(systems, nameOrMtms));
    const [system, ...others] = found;
    if (system === undefined || others.length > 0) throw ambiguousSystem(nameOrMtms, found);
    return system;
  }

  override async find(mtms: string): Promise<MergedSystem> {
    const [system] = await this.look(mtms, (systems) => systems.filter((candidate) => candidate.mtms === mtms));
    if (system === undefined) throw unknownSystem(mtms, []);
    return system;
  }

  /** At least one system that `pick` finds. What is not known is perhaps new: then every HMC is asked once more. */
  private async look(
    nameOrMtms: string,
    pick: (systems: readonly MergedSystem[]) => MergedSystem[],
  ): Promise<readonly MergedSystem[]> {
    const asked = performance.now();
    const known = pick(mergeSystems(answered(await this.directory.listings())));
    if (known.length > 0) return known;
    const listings = await this.directory.refresh(asked);
    const found = pick(mergeSystems(answered(listings)));
    if (found.length === 0) throw unknownSystem(nameOrMtms, listings);
    return found;
  }

  override async read<P extends SnapshotPart>(
    system: MergedSystem,
    parts: readonly P[],
    options: ReadOptions = {},
  ): Promise<Snapshot<P>> {
    const { hmcId: only, sharing = 'in-flight' } = options;
    if (only !== undefined && !this.reader.isConfigured(only)) throw notConfigured(only);
    const begun = performance.now();
    const inOrder = this.reader.inOrder(system.seenBy.map((view) => view.hmcId));
    const isUnfitFor = (hmcId: string): boolean => (this.unfit.get(readingOn(hmcId, parts)) ?? 0) > begun;
    const result = await firstAnswer({
      hmcIds:
        only === undefined
          ? [...inOrder.filter((hmcId) => !isUnfitFor(hmcId)), ...inOrder.filter((hmcId) => isUnfitFor(hmcId))]
          : [only],
      ask: async (hmcId, heard) => {
        try {
          return await this.readFrom(hmcId, system, parts, sharing, heard);
        } catch (error) {
          throw await this.judge(error, hmcId, system, parts, begun);
        }
      },
      anotherMayAnswer: anotherHmcMayAnswer,
      slowMs: this.reader.slowMs,
    });
    if ('answer' in result) return result.answer;
    const problems = await Promise.all(
      result.problems.map(async (problem) =>
        hasLostSystem(problem) ? this.lookAgain(problem, system, begun) : problem,
      ),
    );
    throw notRead(`No HMC that manages ${system.name} (${system.mtms}) answered`, problems);
  }

  /**
   * What the failure of a reading is, by the state in which that HMC lists the system. The list may be older than what
   * the HMC has just refused, so it is asked for again; where another HMC may answer, that one does not wait for it.
   * Remembers an HMC that is not fit for these parts, so that the next reading does not begin with it.
   */
  private async judge(
    error: unknown,
    hmcId: string,
    system: MergedSystem,
    parts: readonly SnapshotPart[],
    begun: number,
  ): Promise<unknown> {
    const problem = notConnectedOr(
      error,
      system.seenBy.find((view) => view.hmcId === hmcId),
    );
    if (!(problem instanceof ProblemError)) return problem;
    if (isUnfit(problem)) this.unfit.set(readingOn(hmcId, parts), performance.now() + UNFIT_MS);
    else if (hasLostSystem(problem)) void this.directory.doubt(hmcId, begun);
    else if (problem.type === 'hmc-refused') return this.lookAgain(problem, system, begun);
    return problem;
  }

  /** What a refusal is by the state in which its HMC lists the system since `begun`. */
  private async lookAgain(refusal: ProblemError, { mtms }: MergedSystem, begun: number): Promise<ProblemError> {
    const { hmc } = refusal.members;
    if (typeof hmc !== 'string') return refusal;
    const [list] = listsOf(await this.directory.doubt(hmc, begun));
    const system = list?.systems.find((each) => each.mtms === mtms);
    return list === undefined || system === undefined ? refusal : notConnectedOr(refusal, { ...list, system });
  }

  override async readBoth<P extends SnapshotPart>(
    system: MergedSystem,
    parts: readonly P[],
    target: { readonly system: MergedSystem; readonly parts: readonly SnapshotPart[] },
    options: ReadOptions = {},
  ): Promise<Snapshot<P>> {
    const sharing = options.sharing ?? 'in-flight';
    const [first, other] = await Promise.all([
      this.read(firstSeenBy(system, target.system), parts, options),
      this.read(firstSeenBy(target.system, system), target.parts, { sharing }) as Promise<Snapshot>,
    ]);
    let own: Snapshot<P> = first;
    // The HMC of the first may have lost the second since it was listed. That of the second may still have both.
    if (own.hmcId !== other.hmcId && options.hmcId === undefined && reaches(other.hmcId, system)) {
      own = await this.read(system, parts, { sharing, hmcId: other.hmcId }).catch((error: unknown) => {
        if (error instanceof ProblemError) return first;
        throw error;
      });
    }
    const both = own.hmcId === other.hmcId || reaches(own.hmcId, target.system);
    const reached = both ? {} : { reachedThrough: this.reader.login(other.hmcId) };
    return { ...own, targetSystem: { ...other, ...reached } };
  }

  /**
   * An HMC that is INFERRED not to know this listing is no reason to refuse: then it decides itself (hmc-cli.md §1.5).
   */
  override async usedSlots(
    hmcId: string,
    mtms: string,
    partitionId: number,
    sharing: Sharing,
  ): Promise<readonly UsedSlot[] | null> {
    try {
      return await this.reader.read(hmcId, listUsedSlots(mtms, partitionId), parseUsedSlots, sharing).value;
    } catch (error) {
      if (error instanceof ProblemError) return null;
      throw error;
    }
  }

  /** All parts from one HMC, in parallel (how many at once is the business of the connections). */
  private async readFrom<P extends SnapshotPart>(
    hmcId: string,
    system: MergedSystem,
    parts: readonly P[],
    sharing: Sharing,
    heard: () => void,
  ): Promise<Snapshot<P>> {
    const reading = new SystemReading(this.reader, hmcId, system.mtms, sharing, heard);
    const read = await Promise.all(
      [...new Set(parts)].map(async (part) => [part, await readPart(reading, part)] as const),
    );
    return {
      system: { mtms: system.mtms, name: system.name },
      hmcId,
      takenAt: reading.takenAt(),
      ...(Object.fromEntries(read) as unknown as Pick<SnapshotParts, P>),
    };
  }
}

/** For a job that was run by an HMC which was taken out of the configuration, or has another id there now. */
function notConfigured(hmcId: string): ProblemError {
  return new ProblemError({
    type: 'hmc-unavailable',
    detail: `HMC ${hmcId} is not configured.`,
    members: { hmc: hmcId, retryable: false },
  });
}

/** Key of a kind of reading on one HMC. */
function readingOn(hmcId: string, parts: readonly SnapshotPart[]): string {
  return [hmcId, ...[...parts].sort()].join(' ');
}

/** Whether an HMC lists a system as one that it can work with, and not without a connection, say. */
function reaches(hmcId: string, { seenBy }: MergedSystem): boolean {
  return seenBy.some((view) => view.hmcId === hmcId && [null, OPERATING].includes(view.system.state));
}

/** The same system, with those HMCs in front that can work with both. */
function firstSeenBy(system: MergedSystem, other: MergedSystem): MergedSystem {
  const common = system.seenBy.filter(({ hmcId }) => reaches(hmcId, system) && reaches(hmcId, other));
  return { ...system, seenBy: [...common, ...system.seenBy.filter((view) => !common.includes(view))] };
}

/** None where the latest try failed, or there was none. */
function listsOf({ hmcId, systems, readAt, problem }: HmcListing): readonly SystemsOfHmc[] {
  return problem === null && systems !== null && readAt !== null ? [{ hmcId, systems, readAt }] : [];
}

/** The lists of the HMCs that answered. @throws ProblemError when none did */
function answered(listings: readonly HmcListing[]): readonly SystemsOfHmc[] {
  const lists = listings.flatMap(listsOf);
  if (lists.length > 0) return lists;
  const problems = listings.flatMap((listing) => (listing.problem === null ? [] : [listing.problem]));
  throw noHmcAnswered('No HMC lists its managed systems', problems);
}

/**
 * 404 only when it is sure: a client may take it for "deleted". As long as an HMC is away that may list the system (it
 * did, or was never seen), the answer is 503.
 */
function unknownSystem(nameOrMtms: string, listings: readonly HmcListing[]): ProblemError {
  const away = listings.filter((listing) => listing.problem !== null && mayList(listing, nameOrMtms));
  if (away.length > 0) {
    const ids = away.map((listing) => listing.hmcId).join(', ');
    return new ProblemError({
      type: 'hmc-unavailable',
      detail: `No HMC that can be reached lists a managed system ${JSON.stringify(nameOrMtms)}; whether ${ids} does cannot be said now.`,
      members: {
        retryable: true,
        retryAfterSeconds: HMC_RETRY_AFTER_SECONDS,
        hmcs: away.map(({ hmcId, problem }) => ({ id: hmcId, problem: problem?.type, detail: problem?.message })),
      },
    });
  }
  return new ProblemError({
    type: 'target-not-found',
    detail: `No managed system has the name or MTMS ${JSON.stringify(nameOrMtms)}. GET /v1/managed-systems lists them.`,
  });
}

function mayList(listing: HmcListing, nameOrMtms: string): boolean {
  return (
    listing.systems === null ||
    listing.systems.some((system) => system.mtms === nameOrMtms || system.name === nameOrMtms)
  );
}

function ambiguousSystem(name: string, found: readonly MergedSystem[]): ProblemError {
  return new ProblemError({
    type: 'ambiguous-name',
    detail: `${found.length} managed systems are named ${JSON.stringify(name)}. Use the MTMS instead.`,
    members: { candidates: found.map((system) => system.mtms) },
  });
}
