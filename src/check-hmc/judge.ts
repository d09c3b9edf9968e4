import { explainFailure } from '../core/hmc-language/error-catalogue.js';
import { HmcOutputError } from '../core/hmc-language/hmc-output-error.js';
import { parseHmcUsers } from '../core/resources/hmc-user.js';
import { parseHmcVersion, parseHmcVitalProductData } from '../core/resources/hmc-version.js';
import { parseManagedSystems } from '../core/resources/managed-system.js';
import type { CommandEnd } from '../hmc/command-end.js';
import type { Finding, Subject } from './finding.js';

type NeverStarted = Extract<CommandEnd, { kind: 'never-started' }>;

/** A clock that is further off than this makes the HMC's event times hard to compare with ours. */
const CLOCK_TOLERANCE_SECONDS = 60;

/** Why the HMC could not be logged in to, and what that says of the steps before. */
export function judgeNoLogin(end: NeverStarted): Finding[] {
  const { message } = end;
  switch (end.reason) {
    case 'host-key-refused':
      return [
        {
          subject: 'host key',
          verdict: 'fault',
          seen: message,
          advice:
            'Compare the fingerprint with the one that the HMC itself shows (on its console, or from whoever runs it), not with this line. When they are equal, write it under hostKeys of this HMC in HMC_CONFIG.',
        },
      ];
    case 'authentication-failed':
    case 'locked-out':
      return [
        { subject: 'host key', verdict: 'ok', seen: 'the pinned key was shown' },
        {
          subject: 'login',
          verdict: 'fault',
          seen: message,
          advice:
            'Check username and key or password. For a key: on the HMC, as that user, mkauthkeys -a with the public key. The HMC has counted a failed login; after three it locks the account for five minutes, so mend it before the next try.',
        },
      ];
    case 'unreachable':
    case 'circuit-open':
    case 'channel-refused':
    case 'channel-timeout':
      return [
        {
          subject: 'connection',
          verdict: 'fault',
          seen: message,
          advice:
            'Check host and port, the firewall, and that remote command execution (SSH) is enabled on the HMC (lshmc -r shows ssh=enable).',
        },
      ];
    case 'refused-by-caller':
    case 'closing':
      return [{ subject: 'connection', verdict: 'unknown', seen: message }];
  }
}

/** `lshmc -V`. */
export function judgeLevel(end: CommandEnd): Finding {
  return judge('level', end, (stdout) => {
    const { baseVersion, version, release, servicePack, buildLevel } = parseHmcVersion(stdout);
    const level = baseVersion ?? `V${version ?? '?'}R${release ?? '?'}`;
    const seen = `${level}, service pack ${servicePack ?? '?'}, build ${buildLevel ?? '?'}`;
    const [, major = '', minor = ''] = /^V(\d+)R(\d+(?:\.\d+)?)/.exec(level) ?? [];
    if (major === '') return { subject: 'level', verdict: 'unknown', seen };
    // vNIC failover came with V8R8.6.0 (hmc-cli.md §6).
    if (Number(major) > 8 || (Number(major) === 8 && Number(minor) >= 8.6))
      return { subject: 'level', verdict: 'ok', seen };
    const advice = 'vNIC failover needs an HMC of level V8R8.6.0 or later: update the HMC.';
    return { subject: 'level', verdict: 'warning', seen, advice };
  });
}

/**
 * `lshmcusr`, with or without a filter. Which tasks a role has is LIVE for V8R8.2 (hmc-v8r820-session-dump.txt): of those
 * named here `hmcviewer` has none, `hmcoperator` all but ManageSriovAdapter. Which task guards which command is INFERRED
 * (hmc-cli.md §5).
 */
export function judgeRole(end: CommandEnd, username: string): Finding {
  return judge('role', end, (stdout) => {
    const taskRole = parseHmcUsers(stdout).find(({ name }) => name === username)?.taskRole ?? null;
    const subject = 'role';
    switch (taskRole) {
      case null:
        return {
          subject,
          verdict: 'unknown',
          seen: `the HMC lists no task role for ${username}`,
          advice: 'A user of an LDAP or Kerberos directory is not always listed; check its role on the HMC.',
        };
      case 'hmcsuperadmin':
        return { subject, verdict: 'ok', seen: taskRole };
      case 'hmcoperator':
        return {
          subject,
          verdict: 'ok',
          seen: `${taskRole}; labels of physical ports may need hmcsuperadmin (ManageSriovAdapter)`,
        };
      case 'hmcviewer':
        return {
          subject,
          verdict: 'warning',
          seen: `${taskRole}: it can read what the HMC itself tells; the HMC will refuse every change, and probably what is read from Virtual I/O Servers (viosvrcmd)`,
          advice:
            'For vNIC servers, their events and levels, and for changes give the user the task role hmcoperator, or hmcsuperadmin for labels of physical ports.',
        };
      default:
        return {
          subject,
          verdict: 'unknown',
          seen: taskRole,
          advice:
            'Changes probably need DlparOperation, labels of physical ports ManageSriovAdapter, migrations MigrateLPAR, and what Virtual I/O Servers tell VirtualIOServerCommand: check that the role has them.',
        };
    }
  });
}

/** `lssyscfg -r sys`. */
export function judgeSystems(end: CommandEnd): Finding {
  return judge('systems', end, (stdout) => {
    const systems = parseManagedSystems(stdout);
    const seen = systems.map(({ name, mtms, state }) => `${name} (${mtms}) ${state ?? 'state unknown'}`).join('; ');
    if (systems.length === 0) {
      return {
        subject: 'systems',
        verdict: 'warning',
        seen: 'the user sees no managed system',
        advice: 'Connect the HMC to a system, or give the user a resource role that includes one.',
      };
    }
    const away = systems.filter(({ state }) => state !== 'Operating').map(({ name }) => name);
    if (away.length === 0) return { subject: 'systems', verdict: 'ok', seen };
    const advice = `Nothing can be changed on a system that is not Operating: ${away.join(', ')}.`;
    return { subject: 'systems', verdict: 'warning', seen, advice };
  });
}

/** `lshmc -v`, whose line `*N2` is the HMC's clock. `now` is our clock in milliseconds when the answer came. */
export function judgeClock(end: CommandEnd, now: number): Finding {
  return judge('clock', end, (stdout) => {
    const { clock } = parseHmcVitalProductData(stdout);
    if (clock === null) {
      return {
        subject: 'clock',
        verdict: 'unknown',
        seen: 'the HMC does not tell its time in UTC: compare it by hand',
      };
    }
    const seconds = Math.round((Date.parse(clock) - now) / 1000);
    const seen =
      Math.abs(seconds) <= 1
        ? 'agrees with ours'
        : `${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead of'} ours`;
    if (Math.abs(seconds) <= CLOCK_TOLERANCE_SECONDS) return { subject: 'clock', verdict: 'ok', seen };
    return {
      subject: 'clock',
      verdict: 'warning',
      seen,
      advice: 'Let the HMC and this machine follow the same NTP servers.',
    };
  });
}

/** Reads the output of a command that exited 0; every other end is a finding of its own. */
function judge(subject: Subject, end: CommandEnd, read: (stdout: string) => Finding): Finding {
  if (end.kind !== 'exited') return { subject, verdict: 'fault', seen: end.message };
  if (end.exitStatus !== 0) {
    const { hmcMessage, advice } = explainFailure({ ...end, kind: 'read' });
    return { subject, verdict: 'fault', seen: hmcMessage || `exit status ${end.exitStatus} without a word`, advice };
  }
  try {
    return read(end.stdout);
  } catch (error) {
    if (!(error instanceof HmcOutputError)) throw error;
    return { subject, verdict: 'fault', seen: error.message, advice: 'Check that this host is an HMC.' };
  }
}
