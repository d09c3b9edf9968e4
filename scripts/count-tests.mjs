import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

/**
 * @typedef {object} Report
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {readonly { status: string, assertionResults: readonly { status: string }[] }[]} testResults
 */

/** @type {Report} */
const EMPTY = { numPassedTests: 0, numFailedTests: 0, testResults: [] };

/**
 * @param {string} json
 * @returns {Report}
 */
function parse(json) {
  /** @type {unknown} */
  const report = JSON.parse(json);
  return /** @type {Report} */ (report);
}

/**
 * Counts what the JSON report of Vitest says.
 * @param {string} json the report; empty when there is none
 * @param {number} exitStatus of the run
 * @returns {{ passed: number, failed: number }} a run that failed has at least one failure, whatever the report says
 */
export function countTests(json, exitStatus) {
  const report = json === '' ? EMPTY : parse(json);
  // A file that could not be loaded, or whose preparation failed, has no failed test to show for it.
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  ).length;
  const failed = report.numFailedTests + brokenFiles;
  return { passed: report.numPassedTests, failed: exitStatus === 0 ? failed : Math.max(failed, 1) };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [file = '', exitStatus = '1'] = process.argv.slice(2);
  const { passed, failed } = countTests(existsSync(file) ? readFileSync(file, 'utf8') : '', Number(exitStatus));
  process.stdout.write(`${passed} ${failed}\n`);
}
