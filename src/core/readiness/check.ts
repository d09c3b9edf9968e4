import type { Answer } from '../answer.js';

/** `unknown` = it could not be told; never a pass. */
export const VERDICTS = ['pass', 'fail', 'unknown'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What is looked at; the ids are part of the contract. */
export const CHECK_IDS = [
  'hmc-level',
  'hmc-required-fix',
  'system-state',
  'firmware-level',
  'vnic-failover-capability',
  'virtual-io-servers',
  'virtual-io-server-redundancy',
  'virtual-io-server-reachable',
  'virtual-io-server-level',
  'adapters',
  'adapter-shared',
  'adapter-running',
  'physical-ports',
  'usable-ports',
  'physical-port-up',
  'partitions',
  'partition-state',
  'partition-os-level',
] as const;
export type CheckId = (typeof CHECK_IDS)[number];

export const SUBJECT_KINDS = [
  'managed-system',
  'hmc',
  'virtual-io-server',
  'adapter',
  'physical-port',
  'partition',
] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

/** One thing that was looked at. */
export interface ReadinessCheck {
  readonly id: CheckId;
  readonly subject: {
    readonly kind: SubjectKind;
    /** Name of the system or partition, id of the HMC, `adapter 1`, `adapter 1 port 0`. */
    readonly name: string;
  };
  readonly verdict: Verdict;
  /** null when nothing was told. */
  readonly found: string | null;
  readonly needed: string;
  /** Why it fails or is unknown, and what to do; null for a pass. */
  readonly reason: string | null;
  /** The command that showed it, or was to show it; several, one a line, where it took several. */
  readonly command: string;
  /** The HMC that ran it; null when none did. */
  readonly hmc: string | null;
  /** Whether it has a part in the verdict of the whole system. */
  readonly decides: boolean;
}

/** The verdict on something that has to pass all of these. */
export function worstOf(verdicts: readonly Verdict[]): Verdict {
  return verdicts.includes('fail') ? 'fail' : verdicts.includes('unknown') ? 'unknown' : 'pass';
}

/**
 * Subjects that have no part in the verdict on the whole system: partitions, and ports, which a check of the system
 * counts (`usable-ports`).
 */
const WITHOUT_A_PART: readonly SubjectKind[] = ['partition', 'physical-port'];

/** What a check makes of what it found. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly found: string;
  readonly reason?: string;
  readonly decides?: boolean;
}

export const pass = (found: string): Judgement => ({ verdict: 'pass', found });
export const fail = (found: string, reason: string): Judgement => ({ verdict: 'fail', found, reason });
export const unknown = (found: string, reason: string): Judgement => ({ verdict: 'unknown', found, reason });

/** Judges what was told; what was not told is unknown, with the reason why. */
export function check<T>(
  id: CheckId,
  subject: ReadinessCheck['subject'],
  needed: string,
  answer: Answer<T>,
  judge: (value: T) => Judgement,
): ReadinessCheck {
  const { command, hmcId } = answer;
  const judged: Omit<Judgement, 'found'> & { readonly found: string | null } = answer.told
    ? judge(answer.value)
    : { verdict: 'unknown', found: null, reason: answer.reason };
  return {
    id,
    subject,
    verdict: judged.verdict,
    found: judged.found,
    needed,
    reason: judged.reason ?? null,
    command,
    hmc: hmcId,
    decides: judged.decides ?? !WITHOUT_A_PART.includes(subject.kind),
  };
}
