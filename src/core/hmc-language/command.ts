/** One HMC command as words, before quoting. `kind` decides how it is run: changes run alone and carry a fence. */
export interface HmcCommand {
  readonly kind: 'read' | 'change';
  /** The program and its arguments; each becomes exactly one word of the HMC's shell. */
  readonly words: readonly string[];
}
