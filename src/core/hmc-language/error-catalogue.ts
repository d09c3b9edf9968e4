import type { HmcCommand } from './command.js';

/**
 * What an HMC means when it refuses. Messages are localised (hmc-cli.md §3), so only codes and exit statuses are looked
 * at, never texts. Both streams are read: listings fail on stdout, changes on either (hmc-cli.md §4).
 */

export const FAILURE_KINDS = [
  'not-found', // something the command names does not exist
  'in-use', // what the command wants is taken
  'state', // the system or partition is in a state that does not allow it
  'no-rmc', // the HMC cannot reach the partition's operating system
  'dlpar-failed', // the operating system did not carry it out
  'busy', // later it may work
  'limit', // a number is out of what the port or adapter allows
  'profile', // a profile holds something that is gone
  'authority', // the HMC user may not do this
  'unsupported', // this system or HMC does not know how
  'unknown', // no code, or one that is not in the catalogue
] as const;
type FailureKind = (typeof FAILURE_KINDS)[number];

interface FailedCommand {
  /** Only of a change does a refusal leave anything behind. */
  readonly kind: HmcCommand['kind'];
  readonly exitStatus: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface FailureExplanation {
  readonly kind: FailureKind;
  /** The first code: `HSCL8012`; null when the HMC gave none. */
  readonly hmcCode: string | null;
  /** The codes after it, outermost first: `HSCL127D: HSCL1293 …` gives `HSCL1293`. */
  readonly wrappedCodes: readonly string[];
  /** What both streams say, as printed; empty when the HMC said nothing. */
  readonly hmcMessage: string;
  /** What the code means, in English; null when it is not in the catalogue. */
  readonly meaning: string | null;
  /** The same command may succeed later without anybody mending anything. */
  readonly retryable: boolean;
  /** The change may stand in the partition's profile although it was refused; false for a command that only reads. */
  readonly profileMayDiffer: boolean;
  /**
   * It is for this HMC only: it has no connection to the system, is too old for the command, or its user may not do
   * this. Another HMC of the system may answer the same command.
   */
  readonly ofThisHmcOnly: boolean;
  /** What to do about it. */
  readonly advice: string;
}

interface CatalogueEntry {
  readonly kind: FailureKind;
  readonly meaning: string;
  readonly advice: string;
  readonly retryable?: true;
  /** Of a change. */
  readonly profileMayDiffer?: true;
  readonly ofThisHmcOnly?: true;
}

const CHECK_STATE = 'Check the state of the partition, then try again.';
const CHECK_RMC = 'Check that the partition runs, and that RMC is active.';
/** Follows the advice on a change that `profileMayDiffer`. */
const CHECK_PROFILE = 'The profile may have been changed all the same: check whether it now differs from what runs.';

/** Evidence for each row: hmc-cli.md §4 and the sample named; codes without a text there are marked. */
const CATALOGUE: Readonly<Record<string, CatalogueEntry>> = {
  // LIVE err-lpar-not-found.txt
  HSCL8012: { kind: 'not-found', meaning: 'There is no partition of that name or id.', advice: 'Check the partition.' },
  // hmc-mcp P35, err-misc-verbatim.txt
  HSCL800F: { kind: 'not-found', meaning: 'There is no such partition profile.', advice: 'Check the profile.' },
  // RECALLED, not confirmed by any capture
  HSCL8018: { kind: 'not-found', meaning: 'There is no such managed system.', advice: 'Check the managed system.' },
  // hmc-mcp P20, err-misc-verbatim.txt
  HSCL05DE: { kind: 'in-use', meaning: 'A partition already has that name.', advice: 'Choose another name.' },
  // hmc-mcp hints, err-misc-verbatim.txt
  HSCL0238: {
    kind: 'state',
    meaning: 'The managed system is not in the Operating state.',
    advice: 'Bring the managed system to the Operating state, then try again.',
    // Also said by an HMC that has lost its connection (INFERRED from its list, which then says `No Connection`).
    ofThisHmcOnly: true,
  },
  // pypowervm, err-misc-verbatim.txt
  HSCL05DF: { kind: 'state', meaning: 'The partition is not in a state that allows this.', advice: CHECK_STATE },
  // hmc-mcp P14, err-misc-verbatim.txt
  HSCL05EA: { kind: 'state', meaning: 'The partition must be Not Activated for this.', advice: CHECK_STATE },
  HSCL3681: { kind: 'state', meaning: 'The partition is not in the Not Activated state.', advice: CHECK_STATE },
  // ansible-power-hmc, code only
  HSCL3653: {
    kind: 'state',
    meaning: 'The partition is being migrated.',
    advice: 'Wait until the migration is over, then try again.',
    retryable: true,
  },
  // hmc-mcp, code only
  HSCL0DB4: { kind: 'no-rmc', meaning: 'The HMC has no RMC connection to the partition.', advice: CHECK_RMC },
  // hmc-mcp, meaning only: the profile may have been saved
  HSCL2957: {
    kind: 'no-rmc',
    meaning: 'The HMC has no RMC connection to the partition.',
    advice: CHECK_RMC,
    profileMayDiffer: true,
  },
  // avocado-misc-tests #1706, meaning only
  HSCL2929: {
    kind: 'dlpar-failed',
    meaning: 'The resource is busy, or the operating system did not let go of it in time.',
    advice: 'Take the device out of use in the partition. ' + CHECK_RMC,
    profileMayDiffer: true,
  },
  // powervmtools, err-misc-verbatim.txt; that the profile may differ is INFERRED from its kind
  HSCL294D: {
    kind: 'dlpar-failed',
    meaning: 'The operating system did not carry out the dynamic removal.',
    advice: 'Take the device out of use in the partition. ' + CHECK_RMC,
    profileMayDiffer: true,
  },
  // pypowervm retries both, err-vios-busy.txt
  HSCL3205: {
    kind: 'busy',
    meaning: 'The HMC or the Virtual I/O Server is busy with another request.',
    advice: 'Try again in a while.',
    retryable: true,
  },
  VIOS0014: {
    kind: 'busy',
    meaning: 'The Virtual I/O Server is busy with another request.',
    advice: 'Try again in a while.',
    retryable: true,
  },
  // LIVE codes of one capture, hmc-mcp-PARAPHRASED-sriov-errors.txt
  HSCL127D: {
    kind: 'unknown',
    meaning: 'The logical port could not be changed.',
    advice: "See the code that follows it; where none does, the HMC's own words.",
  },
  HSCL1288: {
    kind: 'in-use',
    meaning: 'The logical port is already assigned.',
    advice: 'Read the system again and use another logical port.',
  },
  HSCL1293: {
    kind: 'limit',
    meaning: 'The capacities on the physical port would add up to more than 100 percent.',
    advice: 'Use a smaller capacity or another physical port.',
  },
  HSCL1294: {
    kind: 'limit',
    meaning: "The capacity is not a multiple of the physical port's granularity.",
    advice: 'Use a multiple of the granularity.',
  },
  HSCL1295: {
    kind: 'limit',
    meaning: 'The capacity is out of range for the physical port.',
    advice: 'Use a capacity within the range that the message names.',
  },
  // op-test, code only
  HSCL1244: {
    kind: 'profile',
    meaning: 'The profile holds a backing device or logical port that is no longer there.',
    advice: 'Save the running configuration to the profile, then try again.',
  },
  // ansible-power-hmc, err-misc-verbatim.txt
  HSCL350B: {
    kind: 'authority',
    meaning: 'The HMC user lacks the authority.',
    advice: 'Give the HMC user of the gateway a task role that includes this, or access to the system.',
    // Each HMC has users and roles of its own.
    ofThisHmcOnly: true,
  },
  // IBM support page, err-misc-verbatim.txt
  HSCLA319: {
    kind: 'unsupported',
    meaning: 'The destination cannot host the virtual fibre channel adapters of the partition.',
    advice: 'Prepare a Virtual I/O Server on the destination.',
  },
  // LIVE err-feature-unsupported-mempool.txt, err-virtual-fc-unsupported-polish.txt, err-resgroup-unsupported.txt
  HSCLA4A0: unsupported('Active Memory Sharing and partition suspend'),
  HSCLA4C0: unsupported('virtual fibre channel'),
  HSCLCA00: unsupported('multiple resource groups'),
};

function unsupported(feature: string): CatalogueEntry {
  return {
    kind: 'unsupported',
    meaning: `The managed system does not support ${feature}.`,
    advice: 'Use a managed system that supports it.',
  };
}

/** `HSCL8012`, `HSCLA4A0`, `HSCE2032`; `VIOS0014`. */
const CODE = String.raw`(?:HSC[A-Z][0-9A-F]{4}|VIOS\d{4})(?![0-9A-Za-z])`;
const BEGINS_WITH_CODE = new RegExp(String.raw`^\s*${CODE}`);
/** A message begins with its code, and a wrapped one follows at once: `HSCL127D: HSCL1293 …` (hmc-cli.md §4). */
const CODES_AT_LINE_START = new RegExp(`^[ \\t]*${CODE}(?:[: \\t]+${CODE})*`, 'gm');
/** The shell did not find the program (POSIX): another kind of machine, or a command of a later level. */
const COMMAND_NOT_FOUND = 127;
/**
 * All that this service says after `--rsubtype` is known to an HMC that knows vNICs; the option is named in every
 * language (§4).
 */
const UNKNOWN_RESOURCE = /--rsubtype\b/;

/** Whether what was printed begins as a message of the HMC does, and so is no listing, whatever the exit status. */
export function beginsWithCode(text: string): boolean {
  return BEGINS_WITH_CODE.test(text);
}

/** What a command that ended with an exit status other than 0 means. Knows nothing for sure where no code was given. */
export function explainFailure({ kind: commandKind, exitStatus, stdout, stderr }: FailedCommand): FailureExplanation {
  const hmcMessage = hmcWords({ stdout, stderr });
  const [hmcCode = null, ...wrappedCodes] = codesIn(hmcMessage);
  // The innermost code that we know says most.
  const entry = [...wrappedCodes]
    .reverse()
    .concat(hmcCode ?? [])
    .flatMap((code) => CATALOGUE[code] ?? [])[0];
  const said = { hmcCode, wrappedCodes, hmcMessage };
  if (entry !== undefined) {
    const { kind, meaning, retryable = false, ofThisHmcOnly = false } = entry;
    const profileMayDiffer = commandKind === 'change' && entry.profileMayDiffer === true;
    const advice = profileMayDiffer ? `${entry.advice} ${CHECK_PROFILE}` : entry.advice;
    return { ...said, kind, meaning, advice, retryable, profileMayDiffer, ofThisHmcOnly };
  }
  const nothingKnown = { ...said, meaning: null, retryable: false, profileMayDiffer: false, ofThisHmcOnly: false };
  if (exitStatus === COMMAND_NOT_FOUND) {
    return {
      ...nothingKnown,
      kind: 'unsupported',
      ofThisHmcOnly: true,
      advice: 'The host does not know this command: check that it is an HMC, and its level.',
    };
  }
  if (hmcCode === null && UNKNOWN_RESOURCE.test(hmcMessage)) {
    return {
      ...nothingKnown,
      kind: 'unsupported',
      ofThisHmcOnly: true,
      advice:
        'The HMC does not know this kind of resource. vNICs need HMC 840, their failover V8R8.6.0 (`GET /v1/hmcs` and the ' +
        'readiness of the system show the level): update it, or let another HMC serve the system.',
    };
  }
  return {
    ...nothingKnown,
    kind: 'unknown',
    advice: hmcCode === null ? "See the HMC's own words." : `See the HMC's own words and IBM's page on ${hmcCode}.`,
  };
}

/**
 * What the HMC printed, on both streams. Of a message longer than any that people write (a listing, a runaway program)
 * the rest is left out: it would stand in the record of a job, in every list and event.
 */
export function hmcWords({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): string {
  const words = [stdout, stderr]
    .map((stream) => stream.trim())
    .filter((stream) => stream !== '')
    .join('\n');
  const left = words.length - MOST_WORDS;
  return left > 0 ? `${words.slice(0, MOST_WORDS)}\n(${left} more characters)` : words;
}

/** Characters. */
const MOST_WORDS = 16_384;

/**
 * Codes at the beginning of lines; only where there are none, one from the middle of the text, where a name may look
 * so.
 */
function codesIn(text: string): string[] {
  const heads = text.match(CODES_AT_LINE_START) ?? [new RegExp(CODE).exec(text)?.[0] ?? ''];
  return [...new Set(heads.flatMap((head) => head.match(new RegExp(CODE, 'g')) ?? []))];
}
