/** What was looked at, in the order of the report. */
export type Subject = 'connection' | 'host key' | 'login' | 'level' | 'role' | 'systems' | 'clock';

/**
 * One line of the report. A `fault` keeps the gateway from working; a `warning` limits it; `unknown` could not be told.
 */
export interface Finding {
  readonly subject: Subject;
  readonly verdict: 'ok' | 'warning' | 'fault' | 'unknown';
  /** What was seen. */
  readonly seen: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** The findings of one HMC. */
export interface HmcCheck {
  readonly hmcId: string;
  /** `host:port`. */
  readonly address: string;
  readonly username: string;
  readonly findings: readonly Finding[];
}
