import type { ProblemType } from '../core/problem-type.js';
import type { Refusal } from '../core/refusal.js';

/**
 * What is thrown when a call cannot be answered: carried to the client as `application/problem+json` (RFC 9457) by the
 * exception filter, or stored as a job's `error`.
 */
export class ProblemError extends Error {
  readonly type: ProblemType;
  readonly pointer: string | undefined;
  /** Further members: hmcCode, hmcMessage, command, exitStatus, retryable, candidates, retryAfterSeconds … */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(refusal: Refusal, options?: { cause?: unknown }) {
    super(refusal.detail, options);
    this.name = 'ProblemError';
    this.type = refusal.type;
    this.pointer = refusal.pointer;
    this.members = refusal.members ?? {};
  }
}
