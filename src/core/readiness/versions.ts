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
export const hmcLevel = (version: HmcVersion): number[] | null => baseLevel(version) ?? releaseLevel(version);

/** Whether the two ways in which it tells its level contradict each other: in no capture they do. */
export function namesTwoLevels(version: HmcVersion): boolean {
  const [base, release] = [baseLevel(version), releaseLevel(version)];
  return base !== null && release !== null && release.some((number, at) => number !== (base[at] ?? number));
}

const baseLevel = ({ baseVersion }: HmcVersion): number[] | null =>
  levelNumbers(/^V(\d+R\d+(?:\.\d+)*)/i.exec(baseVersion ?? '')?.[1]);

const releaseLevel = ({ version, release }: HmcVersion): number[] | null => levelNumbers(`${version}R${release}`);

const levelNumbers = (text: string | undefined): number[] | null =>
  text !== undefined && /^\d+R\d+(\.\d+)*$/i.test(text) ? text.split(/[R.]/i).map(Number) : null;

/** `V8R8.6.0`, for people; both levels where it names two. */
export function hmcLevelText(told: HmcVersion): string {
  const { baseVersion, version, release, servicePack, buildLevel } = told;
  const fromRelease = version === null || release === null ? 'level not told' : `V${version}R${release}`;
  const base = namesTwoLevels(told) ? `${baseVersion} and ${fromRelease}` : (baseVersion ?? fromRelease);
  return `${base}, service pack ${servicePack ?? 'not told'}, build ${buildLevel ?? 'not told'}`;
}
