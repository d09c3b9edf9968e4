import { describe, expect, it } from 'vitest';
import { countTests } from '../../scripts/count-tests.mjs';

const file = (status: string, ...tests: string[]): object => ({
  status,
  assertionResults: tests.map((test) => ({ status: test })),
});
const report = (passed: number, failed: number, ...files: object[]): string =>
  JSON.stringify({ numPassedTests: passed, numFailedTests: failed, testResults: files });

describe('the count at the end of .ci/run', () => {
  it('is that of the report', () => {
    expect(countTests(report(2, 0, file('passed', 'passed', 'passed')), 0)).toEqual({ passed: 2, failed: 0 });
    expect(countTests(report(1, 1, file('failed', 'passed', 'failed')), 1)).toEqual({ passed: 1, failed: 1 });
  });

  it('counts a file that could not run', () => {
    expect(countTests(report(1, 0, file('passed', 'passed'), file('failed')), 1)).toEqual({ passed: 1, failed: 1 });
  });

  it('never hides that the run failed', () => {
    expect(countTests(report(3, 0, file('passed', 'passed')), 1)).toEqual({ passed: 3, failed: 1 });
    expect(countTests('', 1)).toEqual({ passed: 0, failed: 1 });
  });
});
