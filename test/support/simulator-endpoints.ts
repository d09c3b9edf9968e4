import type { Simulator } from '../../simulator/simulator.js';
import type { HmcEndpoint, HmcLimits } from '../../src/hmc/hmc-endpoint.js';

/** The configuration that reaches the simulated HMCs, in their order. */
export function simulatorEndpoints(simulator: Simulator, limits: Partial<HmcLimits> = {}): HmcEndpoint[] {
  return simulator.hmcs.map(({ id, host, port, username, privateKey, hostKeyFingerprint }) => ({
    id,
    host,
    port,
    username,
    credential: { kind: 'privateKey', privateKey },
    hostKeys: [hostKeyFingerprint],
    limits,
  }));
}
