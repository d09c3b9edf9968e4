import { describe, expect, it } from 'vitest';
import { PROBLEM_TYPES } from '../../src/core/problem-type.js';
import type { CommandEnd, NeverStartedReason, UnknownReason } from '../../src/hmc/command-end.js';
import { problemOfCommandEnd } from '../../src/hmc/command-problem.js';

const context = { kind: 'read', hmcId: 'hmc1', command: "lssyscfg -r lpar -m '9119-MME*65BA46F'" } as const;

describe('the end of a command as a problem', () => {
  it('a refusal carries the words, the code and the exit status', () => {
    // samples/err-lpar-not-found.txt: on standard output, standard error empty
    const stdout =
      'HSCL8012 The partition named zz-no-such-lpar was not found.  Please check your entry and retry the command.\n';
    const problem = problemOfCommandEnd({ kind: 'exited', exitStatus: 1, stdout, stderr: '' }, context);
    expect(problem.type).toBe('hmc-refused');
    expect(problem.message).toContain('HSCL8012 The partition named zz-no-such-lpar was not found.');
    expect(problem.members).toMatchObject({
      hmc: 'hmc1',
      hmcCode: 'HSCL8012',
      hmcMessage: stdout.trim(),
      command: context.command,
      exitStatus: 1,
      retryable: false,
    });
  });

  it('a profile may differ after a refused change, never after a refused read', () => {
    const end = { kind: 'exited', exitStatus: 1, stdout: 'HSCL2957 No RMC.\n', stderr: '' } as const;
    const read = problemOfCommandEnd(end, context);
    expect(read.members['profileMayDiffer']).toBe(false);
    expect(`${read.message} ${String(read.members['advice'])}`).not.toContain('profile');
    const change = problemOfCommandEnd(end, { ...context, kind: 'change' });
    expect(change.members['profileMayDiffer']).toBe(true);
    expect(change.message).toContain('The profile may have been changed all the same');
  });

  it.each([
    ['HSCL0000 no', "HSCL0000 no. See the HMC's own words"],
    ['HSCL0000 No (really!)', "HSCL0000 No (really!) See the HMC's own words"],
    ['HSCL0000 操作できません。', "HSCL0000 操作できません。 See the HMC's own words"],
    ['', "without a word. See the HMC's own words"],
  ])('the words %j end in a full stop before ours', (stdout, expected) => {
    const problem = problemOfCommandEnd({ kind: 'exited', exitStatus: 1, stdout, stderr: '' }, context);
    expect(problem.message).toContain(expected);
  });

  it('a refusal without a word still says something', () => {
    const problem = problemOfCommandEnd({ kind: 'exited', exitStatus: 137, stdout: '', stderr: '' }, context);
    expect(problem.message).toContain('exit status 137');
    expect(problem.members).toMatchObject({ hmcCode: null, hmcMessage: '', exitStatus: 137 });
  });

  it('a flood of words is cut in the detail and whole in hmcMessage', () => {
    const stderr = 'HSCL1234 '.padEnd(10_000, 'x');
    const problem = problemOfCommandEnd({ kind: 'exited', exitStatus: 1, stdout: '', stderr }, context);
    expect(problem.message.length).toBeLessThan(1000);
    expect(problem.members['hmcMessage']).toBe(stderr);
  });

  const neverStarted: Record<NeverStartedReason, [string, number]> = {
    unreachable: ['hmc-unavailable', 503],
    'circuit-open': ['hmc-unavailable', 503],
    'channel-refused': ['hmc-unavailable', 503],
    'channel-timeout': ['hmc-unavailable', 503],
    closing: ['hmc-unavailable', 503],
    'authentication-failed': ['hmc-authentication-failed', 502],
    'locked-out': ['hmc-authentication-failed', 502],
    'host-key-refused': ['hmc-host-key-refused', 502],
    'refused-by-caller': ['internal-error', 500],
  };
  const unknown: Record<UnknownReason, [string, number]> = {
    'timed-out': ['hmc-timeout', 504],
    lost: ['hmc-unavailable', 503],
    'no-exit-status': ['hmc-unavailable', 503],
    'output-too-large': ['hmc-output-not-understood', 502],
  };
  const ends: [CommandEnd, [string, number]][] = [
    ...Object.entries(neverStarted).map(([reason, expected]): [CommandEnd, [string, number]] => [
      { kind: 'never-started', reason: reason as NeverStartedReason, message: 'so it is.' },
      expected,
    ]),
    ...Object.entries(unknown).map(([reason, expected]): [CommandEnd, [string, number]] => [
      { kind: 'unknown', reason: reason as UnknownReason, message: 'so it is.', stdout: '', stderr: '' },
      expected,
    ]),
  ];

  it.each(ends)('%j', (end, [type, status]) => {
    const problem = problemOfCommandEnd(end, context);
    expect(problem.type).toBe(type);
    expect(PROBLEM_TYPES[problem.type].status).toBe(status);
    expect(problem.members['command']).toBe(context.command);
    // Only what a client should simply ask again for says when.
    expect(problem.members['retryAfterSeconds'] !== undefined).toBe(status === 503);
  });

  it('exit 0 is no problem, and asking for one is a fault of ours', () => {
    expect(() => problemOfCommandEnd({ kind: 'exited', exitStatus: 0, stdout: '', stderr: '' }, context)).toThrow(
      TypeError,
    );
  });
});
