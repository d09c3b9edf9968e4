import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../simulator/simulator.js';
import { listManagedSystems } from '../../src/core/hmc-language/reads.js';
import { parseManagedSystems } from '../../src/core/resources/managed-system.js';
import { SshHmcConnections } from '../../src/hmc/ssh-hmc-connections.js';
import { HmcReader } from '../../src/inventory/hmc-reader.js';
import { simulatorEndpoints } from '../support/simulator-endpoints.js';

describe('the same command, asked for at the same time', () => {
  let simulator: Simulator;
  let hmcs: SshHmcConnections;
  let reader: HmcReader;
  beforeAll(async () => {
    simulator = await startSimulator();
    hmcs = new SshHmcConnections(simulatorEndpoints(simulator));
    reader = new HmcReader(hmcs, 5000);
  });
  afterAll(async () => {
    await hmcs?.close(0);
    await simulator?.close();
  });

  it('is sent once, and each who asked gets it as parsed by his own parser', async () => {
    let parses = 0;
    const lengths = (stdout: string): number => stdout.length;
    const listed = (stdout: string): ReturnType<typeof parseManagedSystems> => {
      parses += 1;
      return parseManagedSystems(stdout);
    };
    const refused = (): never => {
      throw new TypeError('of one parser only');
    };
    const ask = <T>(parse: (stdout: string) => T): Promise<T> =>
      reader.read('hmc1', listManagedSystems(), parse, 'in-flight').value;
    const [systems, again, length, failed] = await Promise.allSettled([
      ask(listed),
      ask(listed),
      ask(lengths),
      ask(refused),
    ]);
    expect(systems).toMatchObject({ status: 'fulfilled', value: expect.arrayContaining([expect.anything()]) });
    expect(again).toEqual(systems);
    expect(length).toMatchObject({ status: 'fulfilled', value: expect.any(Number) });
    expect(failed).toMatchObject({ status: 'rejected', reason: expect.any(TypeError) });
    expect(parses).toBe(1);
    expect(simulator.log.entries).toHaveLength(1);
  });
});
