import ssh2 from 'ssh2';
import type { HmcAlgorithms, HmcEndpoint } from './hmc-endpoint.js';

/** The old algorithms that can be added for an HMC, as ssh2 supports them beyond what it offers. */
export const OLD_ALGORITHMS: Required<HmcAlgorithms> = {
  kex: ['diffie-hellman-group14-sha1', 'diffie-hellman-group-exchange-sha1', 'diffie-hellman-group1-sha1'],
  hostKey: ['ssh-rsa', 'ssh-dss'],
  cipher: ['aes256-cbc', 'aes192-cbc', 'aes128-cbc', '3des-cbc'],
  mac: ['hmac-sha1', 'hmac-sha1-etm@openssh.com', 'hmac-md5'],
};

/** All that is wrong with an endpoint and can be seen without a connection, one sentence each; never a secret. */
export function endpointFaults(endpoint: HmcEndpoint): string[] {
  const faults: string[] = [];
  const { credential, hostKeys, algorithms = {} } = endpoint;
  if (credential.kind === 'privateKey') {
    const key = ssh2.utils.parseKey(credential.privateKey, credential.passphrase);
    if (key instanceof Error) faults.push(`the private key cannot be used: ${key.message}`);
    else if (!key.isPrivateKey()) faults.push('the private key file holds a public key');
  } else if (credential.password === '') {
    faults.push('the password is empty');
  }
  for (const hostKey of hostKeys) {
    if (!/^SHA256:[A-Za-z0-9+/]{43}=?$/.test(hostKey.trim())) {
      faults.push(`the host key "${hostKey}" is not a fingerprint as ssh-keygen -lf prints it (SHA256:…)`);
    }
  }
  for (const kind of ['kex', 'hostKey', 'cipher', 'mac'] as const) {
    for (const name of algorithms[kind] ?? []) {
      if (!OLD_ALGORITHMS[kind].includes(name)) {
        faults.push(`the ${kind} algorithm "${name}" is none of ${OLD_ALGORITHMS[kind].join(', ')}`);
      }
    }
  }
  return faults;
}
