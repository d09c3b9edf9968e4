import type { UsedSlot } from '../core/resources/virtual-slots.js';
import type { SnapshotPart, Snapshot } from '../core/resources/snapshot.js';
import type { ManagedSystem } from '../core/resources/managed-system.js';
import type { Sharing } from './single-flight.js';

/** One HMC's view of a managed system. */
export interface SystemSeenBy {
  readonly hmcId: string;
  /** When the list that it is from was asked for (a moment of `performance.now()`). */
  readonly readAt: number;
  readonly system: ManagedSystem;
}

/** A managed system merged by MTMS over all HMCs. `name` and `state` are those of the HMC that serves it. */
export interface MergedSystem {
  readonly mtms: string;
  readonly name: string;
  readonly state: string | null;
  /**
   * In the order in which they are tried (unless they seem to be away): one that sees it Operating
   * first, then configuration order.
   */
  readonly seenBy: readonly SystemSeenBy[];
}

/** All that the HMCs list. */
export interface EstateList {
  readonly systems: readonly MergedSystem[];
  /** As `SystemSeenBy`, of the oldest list that is in it. */
  readonly readAt: number;
}

export interface ReadOptions {
  /** Only this HMC is asked; one that is not configured is one that cannot be reached. */
  readonly hmcId?: string;
  readonly sharing?: Sharing;
}

/**
 * Reads, turned into snapshots. Identical reads in flight are one command. Every failure is thrown as a ProblemError
 * (http/problem-error.ts): hmc-unavailable, hmc-timeout, hmc-refused, hmc-authentication-failed,
 * system-not-connected …
 * Nest injection token = this class.
 */
export abstract class Inventory {
  /** All systems of all reachable HMCs, merged; an HMC that is away is left out (GET /v1/hmcs shows it). */
  abstract systems(): Promise<EstateList>;
  /** `{system}` of a path: a name or an MTMS. 404 unknown, 409 ambiguous-name with `candidates`. */
  abstract resolve(nameOrMtms: string): Promise<MergedSystem>;
  /** By MTMS, for lanes: like resolve, but never ambiguous. */
  abstract find(mtms: string): Promise<MergedSystem>;
  /**
   * Reads the parts of one system. With `hmcId` only that HMC is asked; without, the next HMC is tried when one cannot
   * be reached, prints what is not understood, or refuses on its own account (`anotherHmcMayAnswer`), and beside one that
   * does not answer soon (first-answer.ts). `sharing` (default `in-flight`) says which reads it may share a
   * command with: a check of what is now passes `next`, a lane passes `own`.
   */
  abstract read<P extends SnapshotPart>(
    system: MergedSystem,
    parts: readonly P[],
    options?: ReadOptions,
  ): Promise<Snapshot<P>>;
  /**
   * Reads two systems at the same time, the second one as `targetSystem` of the snapshot: from an HMC that manages
   * both, where there is one that answers; else the snapshot says through which HMC the second one is reached.
   */
  abstract readBoth<P extends SnapshotPart>(
    system: MergedSystem,
    parts: readonly P[],
    target: { readonly system: MergedSystem; readonly parts: readonly SnapshotPart[] },
    options?: ReadOptions,
  ): Promise<Snapshot<P>>;
  /** The virtual slots of one partition in use, from one HMC; null where it does not list them. */
  abstract usedSlots(
    hmcId: string,
    mtms: string,
    partitionId: number,
    sharing: Sharing,
  ): Promise<readonly UsedSlot[] | null>;
}
