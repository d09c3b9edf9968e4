import { resolve } from 'node:path';
import { readHmcConfig } from '../config/hmc-config.js';
import { SshHmcConnections } from '../hmc/ssh-hmc-connections.js';
import { checkHmc } from './check-hmc.js';
import { hasFault, report } from './report.js';

/**
 * Checks every HMC of HMC_CONFIG and prints the report.
 * @returns the exit code: 0 no fault, 1 a fault with an HMC, 2 a fault in the configuration
 */
export async function runCheck(env: NodeJS.ProcessEnv, print: (text: string) => void): Promise<number> {
  const path = env['HMC_CONFIG']?.trim();
  if (path === undefined || path === '') {
    print('HMC_CONFIG is not set: it names the YAML file with the HMCs.\n');
    return 2;
  }
  const { value: endpoints, faults, warnings } = readHmcConfig(resolve(path));
  for (const warning of warnings) print(`warning: ${warning}\n`);
  if (endpoints === null || faults.length > 0) {
    print(['The configuration is not valid:', ...faults.map((fault) => `  - ${fault}`), ''].join('\n'));
    return 2;
  }
  const connections = new SshHmcConnections(endpoints);
  try {
    const checks = await Promise.all(endpoints.map((endpoint) => checkHmc(endpoint, connections)));
    print(report(checks));
    return hasFault(checks) ? 1 : 0;
  } finally {
    await connections.close(0);
  }
}
