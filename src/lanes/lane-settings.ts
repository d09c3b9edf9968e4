import type { ServiceConfig } from '../config/service-config.js';

/** The times that rule the lanes, in milliseconds. */
export interface LaneSettings {
  /** How long a turn owns a lane without a sign of life. */
  readonly leaseMs: number;
  /** How long a readback may take to show what a command did. */
  readonly settleMs: number;
  /** From the exec request of a change to its exit status. Longer than the `-w` that the command carries. */
  readonly changeDeadlineMs: number;
  /** The same for a migration. */
  readonly migrationDeadlineMs: number;
  /** Distance between two moves of the active device of one vNIC, where the partition runs Linux. */
  readonly pacingMs: number;
  /** How long a job waits for an HMC that cannot be reached before it fails. */
  readonly hmcWaitMs: number;
  /** Pause between two tries to reach it. */
  readonly hmcRetryMs: number;
  /** Pauses before the further tries of a command that found the HMC or a Virtual I/O Server busy. */
  readonly busyPausesMs: readonly number[];
}

const HMC_RETRY_MS = 10_000;
/** As pypowervm does it: three more tries, five seconds longer each time (hmc-cli.md §4). */
const BUSY_PAUSES_MS = [5_000, 10_000, 15_000];

export function laneSettings(config: ServiceConfig): LaneSettings {
  return {
    leaseMs: config.leaseSeconds * 1000,
    settleMs: config.settleSeconds * 1000,
    changeDeadlineMs: config.hmcChangeTimeoutSeconds * 1000,
    migrationDeadlineMs: config.migrationTimeoutSeconds * 1000,
    pacingMs: config.failoverPacingSeconds * 1000,
    hmcWaitMs: config.hmcWaitSeconds * 1000,
    hmcRetryMs: HMC_RETRY_MS,
    busyPausesMs: BUSY_PAUSES_MS,
  };
}

/** A turn that has run this many jobs makes way for other lanes. */
export const FAIR_SHARE = 10;
