import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { startSimulator } from '../../simulator/simulator.js';
import type { Simulator } from '../../simulator/simulator.js';
import { runCheck } from '../../src/check-hmc/run-check.js';

let folder: string;
let simulator: Simulator;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'check-hmc-'));
  simulator = await startSimulator({
    hmcs: [
      { id: 'hmc1', clockOffsetMs: -300_000 },
      { id: 'hmc2', version: 'V8R8.6.0', users: [{ username: 'gateway', taskRole: 'hmcoperator', password: 'x' }] },
    ],
  });
});
afterEach(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Writes a configuration of the simulated HMCs, with what differs for each, and checks it. */
async function check(...differing: Readonly<Record<string, unknown>>[]): Promise<{ code: number; text: string }> {
  const hmcs = simulator.hmcs
    .slice(0, differing.length)
    .map(({ id, host, port, username, privateKey, hostKeyFingerprint }, n) => {
      const privateKeyFile = join(folder, `${id}.key`);
      writeFileSync(privateKeyFile, privateKey, { mode: 0o600 });
      return { id, host, port, username, privateKeyFile, hostKeys: [hostKeyFingerprint], ...differing[n] };
    });
  const path = join(folder, 'hmcs.yaml');
  writeFileSync(path, stringify({ hmcs }));
  let text = '';
  const code = await runCheck({ HMC_CONFIG: path }, (part) => (text += part));
  return { code, text };
}

describe('npm run check-hmc', () => {
  it('reports what a first use needs to know', async () => {
    const { code, text } = await check({}, { username: 'gateway' });
    const [first = '', second = '', total] = text.split('\n\n');
    expect(first).toMatch(/^hmc1 {2}127\.0\.0\.1:\d+ {2}user hscroot\n/);
    expect(first).toMatch(/ok +host key +the pinned key/);
    expect(first).toMatch(/ok +login +hscroot, with the private key/);
    expect(first).toMatch(/ok +level +V10R3, service pack 1060, build 2408210051/);
    expect(first).toMatch(/ok +role +hmcsuperadmin/);
    expect(first).toMatch(/systems +reptilian-9119-MME-65BA46F \(9119-MME\*65BA46F\) Operating; saurian/);
    expect(first).toMatch(/warning +clock +(299|300|301) s behind ours\n.*NTP/);
    expect(second).toMatch(/ok +level +V8R8\.6\.0/);
    expect(second).toMatch(/ok +role +hmcoperator; .*ManageSriovAdapter/);
    expect(second).toMatch(/ok +clock/);
    expect(total).toMatch(/^2 HMCs checked: 0 faults, 1 warning, 0 unknown\.\n$/);
    expect(code).toBe(0);
    expect(simulator.log.entries.every(({ kind }) => kind === 'read')).toBe(true);
  });

  it('shows the fingerprint to pin and logs in to nothing while none is pinned', async () => {
    const { code, text } = await check({ hostKeys: [] });
    expect(text).toMatch(/warning: .*hostKeys/);
    expect(text).toMatch(/fault +host key/);
    expect(text).toContain(simulator.hmcs[0]?.hostKeyFingerprint);
    expect(text).toMatch(/-> Compare the fingerprint/);
    expect(code).toBe(1);
    expect(simulator.log.entries).toEqual([]);
  });

  it('makes one login when it is refused, and says how to mend it', async () => {
    const { code, text } = await check({ username: 'nobody' });
    expect(text).toMatch(/ok +host key/);
    expect(text).toMatch(/fault +login +HMC hmc1 .* refused the key of user nobody/);
    expect(text).toContain('mkauthkeys');
    expect(code).toBe(1);
  });

  it('warns of a user who can only read', async () => {
    const { code, text } = await check({ username: simulator.hmcs[0]?.viewer.username });
    expect(text).toMatch(/warning +role +hmcviewer: it can read/);
    expect(code).toBe(0);
  });

  it('reports the HMC that is away and goes on with the other', async () => {
    await simulator.control.stopHmc('hmc1');
    const { code, text } = await check({}, {});
    expect(text).toMatch(/fault +connection +HMC hmc1 .*ECONNREFUSED[^]*-> Check host and port/);
    expect(text).toMatch(/hmc2[^]*ok +login/);
    expect(code).toBe(1);
  });

  it('says what an HMC refuses, in its own words', async () => {
    simulator.control.addFault({
      type: 'refuse',
      match: 'lssyscfg',
      text: 'HSCL350B The user does not have the authority.',
    });
    const { code, text } = await check({});
    expect(text).toMatch(/fault +systems +HSCL350B The user does not have the authority\.\n +-> Give the HMC user/);
    expect(code).toBe(1);
  });

  it('asks for all users where the filter is refused', async () => {
    simulator.control.addFault({ type: 'refuse', match: 'lshmcusr --filter', text: 'An invalid option was entered.' });
    expect((await check({})).text).toMatch(/ok +role +hmcsuperadmin/);
  });

  it('names every fault of the configuration and shows no secret', async () => {
    const { code, text } = await check({ port: 0, hostKeys: ['MD5:00'] });
    expect(code).toBe(2);
    expect(text).toMatch(/^The configuration is not valid:\n/m);
    expect(text).toMatch(/port must be a whole number/);
    expect(text).toContain('MD5:00');
    expect(text).not.toContain(simulator.hmcs[0]?.privateKey.split('\n')[2]);
    let unset = '';
    expect(await runCheck({}, (part) => (unset += part))).toBe(2);
    expect(unset).toContain('HMC_CONFIG is not set');
  });
});
