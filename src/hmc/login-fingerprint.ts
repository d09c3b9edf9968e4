import { createHash, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import ssh2 from 'ssh2';
import type { HmcEndpoint } from './hmc-endpoint.js';

const slowHash = promisify<string, string, number, Buffer>(scrypt);

/**
 * A name for "this user with this credential on this HMC", in hex: the same in every process, another one when the
 * credential changes. Of a key its public part goes in. Of a password a slow hash (scrypt) that is salted with the
 * address and the user: who reads the name has to try passwords one by one, each for tens of milliseconds.
 */
export async function loginFingerprint({ host, port, username, credential }: HmcEndpoint): Promise<string> {
  const account = JSON.stringify([host.toLowerCase(), port, username]);
  const proof =
    credential.kind === 'password'
      ? await slowHash(credential.password, account, 32)
      : publicPart(credential.privateKey, credential.passphrase);
  return createHash('sha256').update(account).update(proof).digest('hex');
}

function publicPart(privateKey: string | Buffer, passphrase: string | undefined): Buffer {
  const key = ssh2.utils.parseKey(privateKey, passphrase);
  if (key instanceof Error) throw key;
  return key.getPublicSSH();
}
