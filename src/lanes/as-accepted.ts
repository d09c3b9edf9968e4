import { partitionLeft } from '../core/operations/bound-target.js';
import type { Operation } from '../core/operations/operation.js';
import { targetEtag } from '../core/operations/target-etag.js';
import type { Snapshot } from '../core/resources/snapshot.js';
import { brokenPrecondition, parseIfMatch, parseIfNoneMatch } from '../http/etag.js';
import { ProblemError } from '../http/problem-error.js';
import type { JobRecord } from '../store/job-record.js';

/**
 * The target that was seen at accept, and what the caller said of its ETag: still true (null)? `nothing-left`: the target
 * is gone, and that is what was wished.
 */
export function whyNotAsAccepted(
  operation: Operation<unknown>,
  snapshot: Snapshot,
  record: JobRecord,
): ProblemError | 'nothing-left' | null {
  const presence = operation.presence(snapshot, record.target);
  switch (presence) {
    case 'present':
      break;
    case 'replaced':
      return new ProblemError({
        type: 'target-replaced',
        detail: 'Since the job was accepted another occupant has taken the place of its target. Nothing was sent.',
      });
    case 'gone':
      if (operation.holds(snapshot, record.target, record.request)) return 'nothing-left';
      return new ProblemError({
        type: 'target-gone',
        detail: [
          'The target was there when the job was accepted and is gone now.',
          ...partitionLeft(snapshot, record.target),
          'Nothing was sent.',
        ].join(' '),
      });
  }
  const conditions = {
    ifMatch: parseIfMatch(record.ifMatch ?? undefined),
    ifNoneMatch: parseIfNoneMatch(record.ifNoneMatch),
  };
  switch (brokenPrecondition(conditions, () => targetEtag(operation, snapshot, record.target))) {
    case null:
      return null;
    case 'if-match':
      return new ProblemError({
        type: 'precondition-failed',
        detail:
          'The target has changed since the caller read it (If-Match). Nothing was sent. Read it again and decide.',
      });
    case 'if-none-match':
      return new ProblemError({
        type: 'precondition-failed',
        detail:
          'Since the job was accepted the target has come to be there (If-None-Match). Nothing was sent. Look at it.',
      });
  }
}
