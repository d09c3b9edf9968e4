import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { judgeClock, judgeLevel, judgeNoLogin, judgeRole, judgeSystems } from '../../src/check-hmc/judge.js';
import { hasFault, report } from '../../src/check-hmc/report.js';
import type { CommandEnd } from '../../src/hmc/command-end.js';

/** What an HMC printed, without the lines that say where the capture comes from. */
function sample(name: string): CommandEnd {
  const text = readFileSync(new URL(`../fixtures/samples/${name}`, import.meta.url), 'utf8');
  const stdout = text
    .split('\n')
    .filter((line) => !/^(#|\$)/.test(line))
    .join('\n');
  return { kind: 'exited', exitStatus: 0, stdout, stderr: '' };
}
function printed(stdout: string, exitStatus = 0): CommandEnd {
  return { kind: 'exited', exitStatus, stdout, stderr: '' };
}
const LOST: CommandEnd = { kind: 'unknown', reason: 'lost', message: 'HMC hmc1 was lost', stdout: '', stderr: '' };

describe('what an HMC says of itself', () => {
  it.each([
    ['lshmc-V-v10r3.txt', 'ok', 'V10R3, service pack 1060, build 2408210051'],
    ['lshmc-V-v8r820.txt', 'warning', 'V8R8.2.0, service pack 0, build 20141104.1'],
    ['lshmc-V-v7r7.txt', 'warning', 'V7R7.9.0, service pack 3, build 20151216.1'],
  ])('%s: level %s', (name, verdict, seen) => {
    expect(judgeLevel(sample(name))).toMatchObject({ verdict, seen });
  });

  it('has a clock, in UTC or GMT only', () => {
    const end = sample('lshmc-v-v8r820-vhmc.txt');
    const there = Date.parse('2017-09-10T21:37:06Z');
    expect(judgeClock(end, there)).toMatchObject({ verdict: 'ok', seen: 'agrees with ours' });
    expect(judgeClock(end, there + 45_000)).toMatchObject({ verdict: 'ok', seen: '45 s behind ours' });
    expect(judgeClock(end, there - 90_000)).toMatchObject({ verdict: 'warning', seen: '90 s ahead of ours' });
    expect(judgeClock(printed('"vpd=*N2 Sun Sep 10 21:37:06 CEST 2017\n*TM 7310-CR4\n"'), there).verdict).toBe(
      'unknown',
    );
  });

  it('lists its users', () => {
    const end = sample('lshmcusr-v7r7.txt');
    expect(judgeRole(end, 'hscroot')).toMatchObject({ verdict: 'ok', seen: 'hmcsuperadmin' });
    expect(judgeRole(end, 'gateway')).toMatchObject({ verdict: 'unknown' });
    expect(judgeRole(printed('name=gateway,taskrole=site_role\n'), 'gateway')).toMatchObject({
      verdict: 'unknown',
      seen: 'site_role',
      advice: expect.stringContaining('VirtualIOServerCommand') as string,
    });
  });

  it('lets a viewer read what the HMC itself tells, and not what Virtual I/O Servers do', () => {
    // LIVE: of the roles with these tasks hmcviewer is none.
    const { stdout } = sample('hmc-v8r820-session-dump.txt') as { stdout: string };
    const role = (name: string): string => stdout.split('\n').find((line) => line.startsWith(`name=${name},`)) ?? '';
    for (const task of ['VirtualIOServerCommand', 'DlparOperation', 'MigrateLPAR']) {
      expect(role('hmcoperator')).toContain(task);
      expect(role('hmcviewer')).not.toContain(task);
    }
    expect(judgeRole(printed('name=gateway,taskrole=hmcviewer\n'), 'gateway')).toMatchObject({
      verdict: 'warning',
      seen: expect.stringMatching(/what the HMC itself tells.*Virtual I\/O Servers \(viosvrcmd\)/) as string,
      advice: expect.stringContaining('hmcoperator') as string,
    });
  });

  it('lists its systems', () => {
    expect(judgeSystems(printed('No results were found.\n'))).toMatchObject({ verdict: 'warning' });
    expect(judgeSystems(printed('name=a,type_model=9119-MME,serial_num=65BA46F,state=No Connection\n'))).toMatchObject({
      verdict: 'warning',
      seen: 'a (9119-MME*65BA46F) No Connection',
    });
  });

  it('may be no HMC at all', () => {
    expect(judgeLevel(printed('bash: lshmc: command not found\n', 127))).toMatchObject({ verdict: 'fault' });
    expect(judgeLevel(printed('Welcome to "FreeBSD\n'))).toMatchObject({
      verdict: 'fault',
      advice: expect.stringContaining('HMC'),
    });
    for (const finding of [judgeLevel(LOST), judgeRole(LOST, 'x'), judgeSystems(LOST), judgeClock(LOST, 0)]) {
      expect(finding).toMatchObject({ verdict: 'fault', seen: 'HMC hmc1 was lost' });
    }
  });
});

describe('the report', () => {
  it.each([
    ['host-key-refused', 'host key', 'fault'],
    ['authentication-failed', 'login', 'fault'],
    ['locked-out', 'login', 'fault'],
    ['unreachable', 'connection', 'fault'],
    ['channel-timeout', 'connection', 'fault'],
    ['closing', 'connection', 'unknown'],
  ] as const)('%s is about the %s', (reason, subject, verdict) => {
    expect(judgeNoLogin({ kind: 'never-started', reason, message: 'so it was' }).at(-1)).toMatchObject({
      subject,
      verdict,
      seen: 'so it was',
    });
  });

  it('reads as a table', () => {
    const checks = [
      {
        hmcId: 'hmc1',
        address: 'hmc1.example:22',
        username: 'gateway',
        findings: [
          { subject: 'host key', verdict: 'ok', seen: 'the pinned key was shown' },
          { subject: 'login', verdict: 'fault', seen: 'two\nlines', advice: 'Mend it.' },
        ],
      },
    ] as const;
    expect(report(checks)).toBe(
      [
        'hmc1  hmc1.example:22  user gateway',
        '  ok       host key    the pinned key was shown',
        '  fault    login       two',
        '                       lines',
        '                       -> Mend it.',
        '',
        '1 HMC checked: 1 fault, 0 warnings, 0 unknown.',
        '',
      ].join('\n'),
    );
    expect(hasFault(checks)).toBe(true);
    const hostile = {
      subject: 'login',
      verdict: 'fault',
      seen: 'it\r\u001b]0;title\u0007 \u009b2J',
      advice: '\u001b[2J',
    } as const;
    expect(report([{ ...checks[0], findings: [hostile] }])).not.toMatch(/(?!\n)\p{Cc}/u);
    expect(hasFault([])).toBe(false);
  });
});
