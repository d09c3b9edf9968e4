import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const OWNER = 'demo.pid';

/**
 * Takes the folder of the demo for this process and empties it: each demo begins with the same estate and no jobs.
 * @throws Error when another demo is using it
 */
export function takeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const ownerFile = join(folder, OWNER);
  const owner = readOwner(ownerFile);
  if (owner !== null && isAlive(owner)) {
    throw new Error(
      `A demo is already running from this folder (process ${owner}): use that one, or stop it there with Ctrl-C.\n` +
        `If process ${owner} is something else, remove ${ownerFile} and try again.`,
    );
  }
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
  writeFileSync(ownerFile, String(process.pid), { flag: 'wx' });
}

export function leaveFolder(folder: string): void {
  rmSync(join(folder, OWNER), { force: true });
}

function readOwner(file: string): number | null {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return Number.isInteger(pid) && pid > 0 && pid !== process.pid ? pid : null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
