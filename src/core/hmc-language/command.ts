/**
 * Stands in a plan for the logical port id of a device that an earlier command of the plan makes: only the readback
 * tells it. It can be shown, and is never sent.
 */
export interface LogicalPortReference {
  /** `logicalPortOf adapter 2 port 1`. */
  readonly ref: string;
}

export type CommandWord = string | LogicalPortReference;

/** One HMC command as words, before quoting. `kind` decides how it is run: changes run alone and carry a fence. */
export interface HmcCommand {
  readonly kind: 'read' | 'change';
  /** The program and its arguments; each becomes exactly one word of the HMC's shell. */
  readonly words: readonly CommandWord[];
}
