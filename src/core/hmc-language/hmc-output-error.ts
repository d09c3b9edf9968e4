const LONGEST_EXCERPT = 500;

/** The HMC printed something at exit 0 that could not be understood; nothing of the listing is used then. */
export class HmcOutputError extends Error {
  /** The line or value at fault, as printed, cut after 500 characters. */
  readonly line: string;

  constructor(message: string, line: string, options?: { cause?: unknown }) {
    const excerpt = line.length > LONGEST_EXCERPT ? `${line.slice(0, LONGEST_EXCERPT)}…` : line;
    super(excerpt === '' ? message : `${message}: ${excerpt}`, options);
    this.name = 'HmcOutputError';
    this.line = excerpt;
  }
}
