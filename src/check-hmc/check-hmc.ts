import { renderCommand } from '../core/hmc-language/quote-word.js';
import {
  listHmcUsers,
  listManagedSystems,
  showHmcVersion,
  showHmcVitalProductData,
} from '../core/hmc-language/reads.js';
import type { HmcCommand } from '../core/hmc-language/command.js';
import type { CommandEnd } from '../hmc/command-end.js';
import type { HmcConnections } from '../hmc/hmc-connections.js';
import type { HmcEndpoint } from '../hmc/hmc-endpoint.js';
import type { HmcCheck } from './finding.js';
import { judgeClock, judgeLevel, judgeNoLogin, judgeRole, judgeSystems } from './judge.js';

const DEADLINE_MS = 60_000;

/**
 * Looks at one HMC: host key, login, level, role, systems, clock. Makes one login, changes nothing, trusts no new key.
 */
export async function checkHmc(endpoint: HmcEndpoint, connections: HmcConnections): Promise<HmcCheck> {
  const { id, host, port, username, credential } = endpoint;
  const check = { hmcId: id, address: `${host}:${port}`, username };
  const run = (command: HmcCommand): Promise<CommandEnd> =>
    connections.run(id, renderCommand(command), { kind: 'read', deadlineMs: DEADLINE_MS });

  const level = await run(showHmcVersion());
  if (level.kind === 'never-started') return { ...check, findings: judgeNoLogin(level) };
  const role = await usersOf(username, run);
  const systems = await run(listManagedSystems());
  const vitalProductData = await run(showHmcVitalProductData());
  return {
    ...check,
    findings: [
      { subject: 'host key', verdict: 'ok', seen: 'the pinned key was shown' },
      {
        subject: 'login',
        verdict: 'ok',
        seen: `${username}, with the ${credential.kind === 'password' ? 'password' : 'private key'}`,
      },
      judgeLevel(level),
      judgeRole(role, username),
      judgeSystems(systems),
      judgeClock(vitalProductData, Date.now()),
    ],
  };
}

/** That `lshmcusr` takes a filter is RECALLED: an HMC that refuses it is asked for all users it shows. */
async function usersOf(username: string, run: (command: HmcCommand) => Promise<CommandEnd>): Promise<CommandEnd> {
  const filtered = await run({ kind: 'read', words: ['lshmcusr', '--filter', `names=${username}`] });
  return filtered.kind === 'exited' && filtered.exitStatus !== 0 ? run(listHmcUsers()) : filtered;
}
