import type { ErrorLogEntry, ManagedSystem } from './model.js';

/** So many entries of the whole frame are kept, as a real log keeps its size. */
const LOG_LENGTH = 200;

/** Writes an entry to the error log of a Virtual I/O Server. */
export function logOn(
  system: ManagedSystem,
  { virtualIoServerId, kind, serverNumber }: Pick<ErrorLogEntry, 'virtualIoServerId' | 'kind' | 'serverNumber'>,
  now: Date,
): void {
  const entries = (system.errorLog ??= []);
  const last = entries.findLast((entry) => entry.virtualIoServerId === virtualIoServerId);
  entries.push({ virtualIoServerId, sequence: (last?.sequence ?? 0) + 1, at: now.toISOString(), kind, serverNumber });
  if (entries.length > LOG_LENGTH) entries.splice(0, entries.length - LOG_LENGTH);
}
