import type { HmcVersion } from '../resources/hmc-version.js';

/** Compares `2.2.5.10` with `2.2.5` number by number; what is missing counts as 0. */
export function atLeast(level: readonly number[], least: readonly number[]): boolean {
  for (let at = 0; at < Math.max(level.length, least.length); at += 1) {
    const difference = (level[at] ?? 0) - (least[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** `2.2.5.10` as numbers. */
export const numbersOf = (level: string): number[] => level.split('.').map(Number);

/**
 * The level of an HMC as numbers: `V8R8.6.0` is [8, 8, 6, 0], `V10R3` is [10, 3] (samples/lshmc-V-*.txt); null when it
 * tells none.
 */
export function hmcLevel({ baseVersion, version, release }: HmcVersion): number[] | null {
  const [, base] = /^V(\d+R\d+(?:\.\d+)*)/i.exec(baseVersion ?? '') ?? [];
  const text = base ?? (version !== null && release !== null ? `${version}R${release}` : '');
  return /^\d+R\d+(\.\d+)*$/i.test(text) ? text.split(/[R.]/i).map(Number) : null;
}

/** `V8R8.6.0`, for people. */
export function hmcLevelText({ baseVersion, version, release, servicePack, buildLevel }: HmcVersion): string {
  const base = baseVersion ?? (version === null || release === null ? 'level not told' : `V${version}R${release}`);
  return `${base}, service pack ${servicePack ?? 'not told'}, build ${buildLevel ?? 'not told'}`;
}
