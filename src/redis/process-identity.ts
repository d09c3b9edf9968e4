import { readFileSync, readlinkSync } from 'node:fs';

/** A process that can be told from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from the start of the machine to the start of the process (proc(5), field 22); null outside Linux. */
  readonly startTicks: string | null;
}

export function identityOf(pid: number): ProcessIdentity {
  return { pid, startTicks: statOf(pid)?.startTicks ?? null };
}

/**
 * Where process numbers mean the same: this start of this machine, and the process namespace (a container has one
 * of its own). Null outside Linux.
 */
export function processSpace(): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return null;
  }
}

/** Whether a process of this process space still runs; `unknown` when that number runs and cannot be looked at. */
export function aliveness({ pid, startTicks }: ProcessIdentity): 'alive' | 'gone' | 'unknown' {
  if (!hasProcess(pid)) return 'gone';
  const stat = statOf(pid);
  if (stat === null || startTicks === null) return 'unknown';
  // A zombie has ended; only its parent has not asked for its exit status yet.
  return stat.startTicks === startTicks && stat.state !== 'Z' ? 'alive' : 'gone';
}

function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function statOf(pid: number): { readonly state: string; readonly startTicks: string } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may hold spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, startTicks] = [fields[0], fields[19]];
    return state === undefined || startTicks === undefined ? null : { state, startTicks };
  } catch {
    return null;
  }
}
