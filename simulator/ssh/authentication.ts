import { timingSafeEqual } from 'node:crypto';
import ssh2, { type AuthContext } from 'ssh2';
import type { Hmc, HmcUser } from '../hmc.js';
import { lockedText, type LoginGuard } from './login-guard.js';

const METHODS: ('publickey' | 'password' | 'keyboard-interactive')[] = [
  'publickey',
  'keyboard-interactive',
  'password',
];

/**
 * Decides one authentication request: public key, password, or keyboard-interactive with one prompt. `none` is how a
 * client asks for the methods and does not count; every key offered does (hmc-cli.md §5).
 * @param sabotage asked when the login would be right; true refuses it.
 */
export function authenticate(context: AuthContext, hmc: Hmc, guard: LoginGuard, sabotage: () => boolean): void {
  const { username } = context;
  const user = hmc.users.find((each) => each.username === username);
  const minutes = guard.minutesLocked(username);

  if (context.method === 'none') return context.reject(METHODS);
  if (minutes > 0) {
    // Only keyboard-interactive can carry words to the client.
    if (context.method !== 'keyboard-interactive') return context.reject(METHODS);
    context.prompt([], '', lockedText(minutes), () => context.reject(METHODS));
    return;
  }

  const decide = (right: boolean): void => {
    if (right && !sabotage()) {
      guard.succeeded(username);
      context.accept();
    } else {
      guard.failed(username);
      context.reject(METHODS);
    }
  };
  switch (context.method) {
    case 'publickey': {
      const known = user !== undefined && user.publicKeys.some((key) => isKey(key, context.key));
      // Without a signature the client only asks whether this key would do.
      if (known && !context.signature) return context.accept();
      return decide(known && verifies(context));
    }
    case 'password':
      return decide(user !== undefined && isPassword(user, context.password));
    case 'keyboard-interactive':
      context.prompt([{ prompt: 'Password: ', echo: false }], (answers) =>
        decide(user !== undefined && isPassword(user, answers[0] ?? '')),
      );
      return;
    case 'hostbased':
      return context.reject(METHODS);
  }
}

function isKey(publicKey: string, offered: { readonly data: Buffer }): boolean {
  return Buffer.from(publicKey.split(' ')[1] ?? '', 'base64').equals(offered.data);
}

function verifies(context: Extract<AuthContext, { method: 'publickey' }>): boolean {
  const key = ssh2.utils.parseKey(`${context.key.algo} ${context.key.data.toString('base64')}`);
  if (key instanceof Error || !context.blob || !context.signature) return false;
  return key.verify(context.blob, context.signature, context.hashAlgo) === true;
}

function isPassword(user: HmcUser, given: string): boolean {
  const [known, offered] = [Buffer.from(user.password), Buffer.from(given)];
  return known.length === offered.length && timingSafeEqual(known, offered);
}
