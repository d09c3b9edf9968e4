import type { Snapshot } from '../resources/snapshot.js';
import { targetEtag } from './target-etag.js';
import type { Operation, Target } from './operation.js';

/** The target as a job shows it in `before` and `result`: the typed vNIC or physical port with its ETag, or null. */
export function targetDocument(operation: Operation<unknown>, snapshot: Snapshot, target: Target): unknown {
  const result = operation.result(snapshot, target);
  return typeof result === 'object' && result !== null
    ? { ...result, etag: targetEtag(operation, snapshot, target) }
    : null;
}
