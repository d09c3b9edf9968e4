import type { HmcVersion } from '../resources/hmc-version.js';
import type { Answer } from '../answer.js';
import { check, fail, pass, unknown, type ReadinessCheck } from './check.js';
import { atLeast, hmcLevel, hmcLevelText, namesTwoLevels } from './versions.js';

/** vNIC failover came with it (hmc-cli.md §6). */
const FAILOVER_LEVEL = [8, 8, 6, 0];
/** The fix that V8R8.6.0 itself needs (seed, hmc-cli.md §6). */
const REQUIRED_FIX = 'MH01655';

const TWO_LEVELS =
  'The HMC names two levels: which one runs is not known. Restart it if it was updated a short while ago.';

/** One HMC: `lshmc -V`. */
export function checkHmc(hmcId: string, version: Answer<HmcVersion>): ReadinessCheck[] {
  const subject = { kind: 'hmc', name: hmcId } as const;
  const level = check('hmc-level', subject, 'V8R8.6.0 or later', version, (told) => {
    const found = hmcLevelText(told);
    const numbers = hmcLevel(told);
    if (numbers === null) return unknown(found, 'The HMC tells no level that can be compared.');
    if (namesTwoLevels(told)) return unknown(found, TWO_LEVELS);
    return atLeast(numbers, FAILOVER_LEVEL)
      ? pass(found)
      : fail(found, 'This HMC does not know vNIC failover: update it, or let another HMC manage the system.');
  });
  // Below that level there is nothing that a fix could mend.
  if (level.verdict === 'fail') return [level];
  const fix = check('hmc-required-fix', subject, `${REQUIRED_FIX} where the level is V8R8.6.0`, version, (told) => {
    const found = told.fixes.length === 0 ? 'no fix is listed' : told.fixes.join('; ');
    const numbers = hmcLevel(told);
    if (numbers === null) return unknown(found, 'The HMC tells no level, so it is not known which fix it needs.');
    if (namesTwoLevels(told)) return unknown(found, TWO_LEVELS);
    if (atLeast(numbers, [8, 8, 6, 1]) || told.fixes.some((line) => line.includes(REQUIRED_FIX))) return pass(found);
    if (told.servicePack !== null && told.servicePack !== '0') {
      return unknown(
        found,
        `Service pack ${told.servicePack} should contain ${REQUIRED_FIX}, but lshmc does not list it: see the page of the service pack.`,
      );
    }
    return fail(found, `V8R8.6.0 needs ${REQUIRED_FIX}: install it.`);
  });
  return [level, fix];
}
