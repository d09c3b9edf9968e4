import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { SshHmcConnections } from '../../src/hmc/ssh-hmc-connections.js';
import type { HmcEndpoint, HmcLimits } from '../../src/hmc/hmc-endpoint.js';
import { ProblemError } from '../../src/http/problem-error.js';
import { HmcInventory } from '../../src/inventory/hmc-inventory.js';
import { HmcReader } from '../../src/inventory/hmc-reader.js';
import { SystemDirectory } from '../../src/inventory/system-directory.js';
import { newKey } from '../support/keys.js';
import { startScriptedSshServer, type ScriptedSshServer } from '../support/scripted-ssh-server.js';

/** What an HMC prints, by command line; silence = it never answers. The HMC of the test speaks real SSH. */
interface Answer {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exitStatus?: number;
  readonly silence?: true;
  readonly dropConnection?: true;
  /** The answer waits for this. */
  readonly after?: Promise<void>;
}
type Answers = (line: string) => Answer | undefined;

const KEY = newKey();
const LIMITS: Partial<HmcLimits> = { connectMs: 5_000, circuitFailures: 1_000 };
const NOTHING: Answer = { stdout: 'No results were found.\n' };

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
});

async function hmc(answers: Answers): Promise<ScriptedSshServer> {
  const server = await startScriptedSshServer({
    exec: (accept, _reject, line, client) => {
      const answer = answers(line) ?? { stdout: `unexpected: ${line}\n`, exitStatus: 127 };
      const stream = accept();
      if (answer.silence) return;
      if (answer.dropConnection) {
        client.end();
        return;
      }
      void (answer.after ?? Promise.resolve()).then(() => {
        stream.stderr.write(answer.stderr ?? '');
        stream.write(answer.stdout ?? '');
        stream.exit(answer.exitStatus ?? 0);
        stream.end();
      });
    },
  });
  running.push(server);
  return server;
}

interface Estate {
  readonly inventory: HmcInventory;
  readonly directory: SystemDirectory;
}

/** An inventory over these servers, called hmc1, hmc2 …; a number is a port at which nobody listens. */
function inventoryOver(servers: readonly (ScriptedSshServer | number)[], deadlineMs = 10_000, slowMs?: number): Estate {
  const endpoints = servers.map((server, index): HmcEndpoint => {
    const port = typeof server === 'number' ? server : server.port;
    const hostKeys = typeof server === 'number' ? [] : [server.fingerprint];
    const credential = { kind: 'privateKey', privateKey: KEY } as const;
    return {
      id: `hmc${index + 1}`,
      host: '127.0.0.1',
      port,
      username: 'hscroot',
      credential,
      hostKeys,
      limits: LIMITS,
    };
  });
  const connections = new SshHmcConnections(endpoints);
  running.push({ stop: () => connections.close(0) });
  const reader = new HmcReader(connections, deadlineMs, slowMs);
  const directory = new SystemDirectory(reader, connections.hmcIds());
  return { inventory: new HmcInventory(reader, directory), directory };
}

const SYS = 'lssyscfg -r sys';
const listed = (...systems: readonly string[]): Answer => ({
  stdout: systems.map((system) => `${system}\n`).join(''),
});
const REPTILIAN =
  'name=reptilian-9119-MME-65BA46F,type_model=9119-MME,serial_num=65BA46F,ipaddr=10.128.0.23,state=Operating';
const MTMS = '9119-MME*65BA46F';

async function problemOf(promise: Promise<unknown>): Promise<ProblemError> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ProblemError);
  return error as ProblemError;
}

describe('the list of systems', () => {
  it('is as old as the oldest of its lists', async () => {
    const lists = await Promise.all([hmc(() => listed(REPTILIAN)), hmc(() => listed(REPTILIAN))]);
    const { inventory, directory } = inventoryOver(lists);
    const first = await inventory.systems();
    await sleep(20);
    await directory.doubt('hmc2', performance.now());
    const [one, other] = directory.known();
    expect(other?.readAt).toBeGreaterThan(one?.readAt ?? Infinity);
    expect((await inventory.systems()).readAt).toBe(one?.readAt);
    expect(first.readAt).toBeLessThanOrEqual(one?.readAt ?? 0);
    expect((await inventory.resolve(MTMS)).seenBy.map(({ readAt }) => readAt)).toEqual([one?.readAt, other?.readAt]);
  });

  it('is read once for many, kept, and read again for a name that is not known', async () => {
    let systems = [REPTILIAN];
    const server = await hmc((line) => (line === SYS ? listed(...systems) : undefined));
    const { inventory } = inventoryOver([server]);
    await Promise.all([inventory.systems(), inventory.resolve(MTMS), inventory.systems()]);
    await inventory.resolve('reptilian-9119-MME-65BA46F');
    expect(server.commands).toEqual([SYS]);

    systems = [REPTILIAN, 'name=saurian,type_model=9119-MME,serial_num=659707C,state=Operating'];
    expect((await inventory.resolve('saurian')).mtms).toBe('9119-MME*659707C');
    expect(server.commands).toEqual([SYS, SYS]);

    const problem = await problemOf(inventory.resolve('nobody'));
    expect(problem.type).toBe('target-not-found');
    expect(server.commands).toEqual([SYS, SYS, SYS]);
  });

  it('does not ask twice for a name that is not known when it has only just been read', async () => {
    const server = await hmc(() => listed(REPTILIAN));
    const { inventory } = inventoryOver([server]);
    expect((await problemOf(inventory.resolve('nobody'))).type).toBe('target-not-found');
    expect(server.commands).toEqual([SYS]);
  });

  it('of an HMC that answers stands when another is away; 404 becomes 503 while that one may know the name', async () => {
    const server = await hmc(() => listed(REPTILIAN));
    const { inventory, directory } = inventoryOver([1, server]);
    expect((await inventory.systems()).systems.map(({ mtms }) => mtms)).toEqual([MTMS]);
    expect(directory.known()[0]?.problem?.type).toBe('hmc-unavailable');
    expect((await inventory.resolve(MTMS)).seenBy.map((view) => view.hmcId)).toEqual(['hmc2']);

    const problem = await problemOf(inventory.resolve('nobody'));
    expect(problem.type).toBe('hmc-unavailable');
    expect(problem.members).toMatchObject({ hmcs: [{ id: 'hmc1', problem: 'hmc-unavailable' }] });
    expect(problem.members['retryAfterSeconds']).toBeGreaterThan(0);
  });

  it('an HMC that went away after it was read: its systems are 503, a name it never had is 404', async () => {
    const first = await hmc(() => listed('name=only-here,type_model=8286-42A,serial_num=218CA0V,state=Operating'));
    const second = await hmc(() => listed(REPTILIAN));
    const { inventory, directory } = inventoryOver([first, second]);
    expect((await inventory.systems()).systems).toHaveLength(2);
    await first.stop();
    await directory.refresh(performance.now() + 1);
    expect((await problemOf(inventory.resolve('only-here'))).type).toBe('hmc-unavailable');
    expect((await problemOf(inventory.resolve('nobody'))).type).toBe('target-not-found');
    expect((await inventory.resolve(MTMS)).mtms).toBe(MTMS);
  });

  it('is a problem when no HMC answers: the kind all share, or 503', async () => {
    expect((await problemOf(inventoryOver([1]).inventory.systems())).type).toBe('hmc-unavailable');
    const refusing = await hmc(() => ({ stdout: 'HSCL350B no authority\n', exitStatus: 1 }));
    expect((await problemOf(inventoryOver([refusing]).inventory.systems())).type).toBe('hmc-refused');
    const mixed = await problemOf(inventoryOver([refusing, 1]).inventory.systems());
    expect(mixed.type).toBe('hmc-unavailable');
    expect(mixed.members['hmcs']).toMatchObject([
      { id: 'hmc1', problem: 'hmc-refused' },
      { id: 'hmc2', problem: 'hmc-unavailable' },
    ]);
    expect((await problemOf(inventoryOver([]).inventory.systems())).type).toBe('hmc-unavailable');
  });

  it('an ambiguous name names the candidates, and the MTMS still works', async () => {
    const server = await hmc(() =>
      listed(
        'name=twin,type_model=M,serial_num=1,state=Operating',
        'name=twin,type_model=M,serial_num=2,state=Power Off',
      ),
    );
    const { inventory } = inventoryOver([server]);
    const problem = await problemOf(inventory.resolve('twin'));
    expect(problem.type).toBe('ambiguous-name');
    expect(problem.members['candidates']).toEqual(['M*1', 'M*2']);
    expect((await inventory.resolve('M*2')).state).toBe('Power Off');
  });

  it('find takes an MTMS only', async () => {
    const server = await hmc(() => listed(REPTILIAN));
    const { inventory } = inventoryOver([server]);
    expect((await inventory.find(MTMS)).mtms).toBe(MTMS);
    expect((await problemOf(inventory.find('reptilian-9119-MME-65BA46F'))).type).toBe('target-not-found');
  });

  it('a wrong host key and a refused login are told as such', async () => {
    const server = await hmc(() => listed(REPTILIAN));
    const { inventory } = inventoryOver([{ ...server, fingerprint: `SHA256:${'A'.repeat(43)}` }]);
    expect((await problemOf(inventory.systems())).type).toBe('hmc-host-key-refused');

    const locked = await startScriptedSshServer({ authenticate: (attempt) => attempt.reject(['publickey']) });
    running.push(locked);
    expect((await problemOf(inventoryOver([locked]).inventory.systems())).type).toBe('hmc-authentication-failed');
  });
});

const PORT = (adapter: number, port: number, type: string): string =>
  `adapter_id=${adapter},phys_port_id=${port},phys_port_label=,phys_port_sub_label=,phys_port_loc=L-T${port + 1},phys_port_type=${type},state=1`;

describe('a snapshot', () => {
  const system =
    (answers: Answers): Answers =>
    (line) =>
      line === SYS ? listed(REPTILIAN) : answers(line);

  it('merges the physical ports of all levels, with the granularity where the HMC tells it', async () => {
    const server = await hmc(
      system((line) => {
        if (line.includes('min_eth_capacity_granularity') && line.includes('--level ethc')) {
          return { stdout: 'adapter_id,phys_port_id,min_eth_capacity_granularity\n1,0,2.0\n' };
        }
        if (line.includes('-F')) {
          return { stdout: 'An invalid attribute was entered.  The invalid attribute is X.\n', exitStatus: 1 };
        }
        if (line.includes('--level ethc')) return { stdout: `${PORT(1, 0, 'ethc')}\n` };
        if (line.includes('--level eth')) return { stdout: `${PORT(1, 2, 'eth')}\n` };
        return NOTHING;
      }),
    );
    const { inventory } = inventoryOver([server]);
    const snapshot = await inventory.read(await inventory.resolve(MTMS), ['physicalPorts']);
    expect(snapshot.physicalPorts.map((port) => [port.physicalPortId, port.level, port.capacityGranularity])).toEqual([
      [0, 'ethc', 2],
      [2, 'eth', null],
    ]);
    // The level without ports was not asked for its granularity.
    expect(server.commands.filter((line) => line.includes('-F'))).toHaveLength(2);
  });

  it('an HMC that does not know the level roce has no RoCE ports; any refusal that does not name the level stands', async () => {
    const words =
      'The command entered is either missing a required parameter or a parameter value is invalid. The parameters that are missing or have an invalid value are --level. Please check your entry and retry the command.';
    const old = await hmc(
      system((line) => (line.includes('--level roce') ? { stdout: `${words}\n`, exitStatus: 1 } : NOTHING)),
    );
    const { inventory } = inventoryOver([old]);
    const snapshot = await inventory.read(await inventory.resolve(MTMS), ['physicalPorts', 'logicalPorts']);
    expect(snapshot).toMatchObject({ physicalPorts: [], logicalPorts: [] });

    const unknown = 'An unknown error occurred while trying to perform this command. Retry the command.';
    for (const refusal of [
      { stdout: 'HSCL3205 busy: --level roce\n', exitStatus: 1 },
      { stdout: `${unknown}\n`, exitStatus: 1 },
      { exitStatus: 255 },
    ]) {
      const server = await hmc(system((line) => (line.includes('--level roce') ? refusal : NOTHING)));
      const other = inventoryOver([server]).inventory;
      const resolved = await other.resolve(MTMS);
      for (const part of ['physicalPorts', 'logicalPorts'] as const) {
        const problem = await problemOf(other.read(resolved, [part]));
        expect(problem.type).toBe('hmc-refused');
        expect(problem.members).toMatchObject({ exitStatus: refusal.exitStatus });
      }
    }
  });

  it('goes to the next HMC when one is lost or late, not when it refused', async () => {
    const good = await hmc(system(() => NOTHING));
    for (const bad of [{ dropConnection: true }, { silence: true }] as const) {
      const server = await hmc(system(() => bad));
      const { inventory } = inventoryOver([server, good], 1_500);
      const snapshot = await inventory.read(await inventory.resolve(MTMS), ['vnics']);
      expect(snapshot).toMatchObject({ hmcId: 'hmc2', vnics: [], system: { mtms: MTMS } });
    }
    const refusing = await hmc(system(() => ({ stdout: 'HSCL3205 busy\n', exitStatus: 1 })));
    const { inventory } = inventoryOver([refusing, good]);
    expect((await problemOf(inventory.read(await inventory.resolve(MTMS), ['vnics']))).type).toBe('hmc-refused');
  });

  describe('that an HMC refuses on its own account', () => {
    const NOT_OPERATING: Answer = { stdout: 'HSCL0238 not Operating\n', exitStatus: 1 };
    const TOO_OLD: Answer = { stdout: 'a parameter value is invalid: --rsubtype\n', exitStatus: 1 };
    const vnicsAt = (server: ScriptedSshServer): number =>
      server.commands.filter((line) => line.includes('--rsubtype vnic')).length;

    it('because its connection is lost comes from the next at once, and its list is read again in the background', async () => {
      let state = 'Operating';
      const first = await hmc((line) =>
        line === SYS ? listed(REPTILIAN.replace('Operating', state)) : state === 'Operating' ? NOTHING : NOT_OPERATING,
      );
      const second = await hmc(system(() => NOTHING));
      const { inventory } = inventoryOver([first, second]);
      expect((await inventory.read(await inventory.resolve(MTMS), ['vnics'])).hmcId).toBe('hmc1');
      state = 'No Connection';
      const resolved = await inventory.resolve(MTMS);
      expect(resolved.seenBy[0]?.hmcId).toBe('hmc1');
      expect((await inventory.read(resolved, ['vnics'])).hmcId).toBe('hmc2');
      // Long before the list is old.
      await expect.poll(async () => (await inventory.resolve(MTMS)).seenBy[0]?.hmcId, { timeout: 10_000 }).toBe('hmc2');
      expect(vnicsAt(first)).toBe(2);
      await inventory.read(await inventory.resolve(MTMS), ['vnics']);
      expect(vnicsAt(first)).toBe(2);
    });

    it('because it is too old comes from the next, which is then asked first for the same', async () => {
      const first = await hmc(system((line) => (line.includes('--rsubtype vnic') ? TOO_OLD : NOTHING)));
      const second = await hmc(system(() => NOTHING));
      const { inventory } = inventoryOver([first, second]);
      const resolved = await inventory.resolve(MTMS);
      for (let n = 0; n < 3; n += 1) {
        expect((await inventory.read(resolved, ['partitions', 'vnics'])).hmcId).toBe('hmc2');
      }
      expect(vnicsAt(first)).toBe(1);
      expect((await inventory.read(resolved, ['partitions'])).hmcId).toBe('hmc1');
    });

    it('is the most telling refusal where all refuse, and tells of each; 503 while one of them is away', async () => {
      const old = await hmc(system(() => TOO_OLD));
      const lost = await hmc(system(() => NOT_OPERATING));
      const { inventory } = inventoryOver([old, lost]);
      const resolved = await inventory.resolve(MTMS);
      const problem = await problemOf(inventory.read(resolved, ['vnics']));
      expect(problem.type).toBe('hmc-refused');
      expect(problem.members).toMatchObject({ hmc: 'hmc2', hmcCode: 'HSCL0238', exitStatus: 1 });
      expect(problem.members['hmcs']).toMatchObject([{ id: 'hmc1' }, { id: 'hmc2' }]);
      await lost.stop();
      expect((await problemOf(inventory.read(resolved, ['vnics']))).type).toBe('hmc-unavailable');
    });

    it.each([
      ['its user may not do it', { stdout: 'HSCL350B no authority\n', exitStatus: 1 }],
      ['what it prints is not understood', { stdout: 'lpar_name=lizard,lpar_id=six,slot_num=6\n' }],
      ['it prints nothing', {}],
    ])('because %s comes from the next, which is then asked first for the same', async (_why, answer: Answer) => {
      const first = await hmc(system((line) => (line.includes('--rsubtype vnic') ? answer : NOTHING)));
      const second = await hmc(system(() => NOTHING));
      const { inventory } = inventoryOver([first, second]);
      const resolved = await inventory.resolve(MTMS);
      for (let n = 0; n < 3; n += 1) {
        expect((await inventory.read(resolved, ['partitions', 'vnics'])).hmcId).toBe('hmc2');
      }
      expect(vnicsAt(first)).toBe(1);
      expect((await inventory.read(resolved, ['partitions'])).hmcId).toBe('hmc1');
      // One that is named does not speak for another.
      const named = await problemOf(inventory.read(resolved, ['vnics'], { hmcId: 'hmc1' }));
      expect(named.members).toMatchObject({ hmc: 'hmc1' });
    });

    it('is that of the first HMC with something to mend where none answers better, and tells of each', async () => {
      const NO_RIGHT: Answer = { stdout: 'HSCL350B no authority\n', exitStatus: 1 };
      const odd = await hmc(system(() => ({ stdout: 'lpar_name=lizard,lpar_id=six,slot_num=6\n' })));
      const noRight = await hmc(system(() => NO_RIGHT));
      const old = await hmc(system(() => TOO_OLD));
      const lost = await hmc(system(() => NOT_OPERATING));
      const away = await hmc(system(() => ({ dropConnection: true })));
      for (const [servers, type, hmcId] of [
        [[noRight, odd], 'hmc-refused', 'hmc1'],
        [[odd, noRight], 'hmc-output-not-understood', 'hmc1'],
        [[noRight, lost], 'hmc-refused', 'hmc1'],
        [[old, noRight], 'hmc-refused', 'hmc2'],
        [[away, noRight], 'hmc-refused', 'hmc2'],
        [[odd, away], 'hmc-output-not-understood', 'hmc1'],
      ] as const) {
        const { inventory } = inventoryOver(servers);
        const problem = await problemOf(inventory.read(await inventory.resolve(MTMS), ['vnics']));
        expect(problem).toMatchObject({ type, members: { hmc: hmcId, hmcs: [{ id: 'hmc1' }, { id: 'hmc2' }] } });
      }
    });

    it('stays the refusal where the HMC is named', async () => {
      const first = await hmc(system(() => NOT_OPERATING));
      const second = await hmc(system(() => NOTHING));
      const { inventory } = inventoryOver([first, second]);
      const resolved = await inventory.resolve(MTMS);
      expect((await problemOf(inventory.read(resolved, ['vnics'], { hmcId: 'hmc1' }))).type).toBe('hmc-refused');
      expect(vnicsAt(second)).toBe(0);
    });
  });

  it('of a system that is not Operating: the refusal is a conflict, unless another HMC can read it', async () => {
    const refusal: Answer = { stdout: 'HSCL0238 not Operating\n', exitStatus: 1 };
    const unconnected = listed(REPTILIAN.replace('Operating', 'No Connection'));
    const without = (): Promise<ScriptedSshServer> => hmc((line) => (line === SYS ? unconnected : refusal));
    const first = await without();
    const good = await hmc(system(() => NOTHING));

    const alone = inventoryOver([first]).inventory;
    const problem = await problemOf(alone.read(await alone.resolve(MTMS), ['vnics']));
    expect(problem.type).toBe('system-not-connected');
    expect(problem.message).toContain('HMC hmc1 sees 9119-MME*65BA46F in the state No Connection');
    expect(problem.message).toContain('HSCL0238 not Operating. Bring');
    expect(problem.members).toMatchObject({ hmc: 'hmc1', state: 'No Connection', hmcCode: 'HSCL0238', exitStatus: 1 });

    const twice = inventoryOver([first, await without()]).inventory;
    const both = await problemOf(twice.read(await twice.resolve(MTMS), ['vnics']));
    expect(both.type).toBe('system-not-connected');
    expect(both.members['hmcs']).toMatchObject([{ id: 'hmc1' }, { id: 'hmc2' }]);

    const { inventory } = inventoryOver([first, good]);
    const resolved = await inventory.resolve(MTMS);
    expect((await inventory.read(resolved, ['vnics'])).hmcId).toBe('hmc2');
    await good.stop();
    expect((await problemOf(inventory.read(resolved, ['vnics']))).type).toBe('hmc-unavailable');
  });

  it('of a system that is not Operating since its list was read: the list is asked for again before the answer', async () => {
    for (const words of ['HSCL0238 not Operating\n', 'HSCL03EC The managed system is not in a valid state.\n']) {
      let state = 'Operating';
      const server = await hmc((line) => {
        if (line === SYS) return listed(REPTILIAN.replace('Operating', state));
        return state === 'Operating' ? NOTHING : { stdout: words, exitStatus: 1 };
      });
      const { inventory } = inventoryOver([server]);
      const resolved = await inventory.resolve(MTMS);
      state = 'Power Off';
      const problem = await problemOf(inventory.read(resolved, ['vnics']));
      expect(problem.type).toBe('system-not-connected');
      expect(problem.message).toContain('in the state Power Off');
      expect(server.commands.filter((line) => line === SYS)).toHaveLength(2);
      // What is known is of use for the next one.
      await problemOf(inventory.read(await inventory.resolve(MTMS), ['vnics']));
      expect(server.commands.filter((line) => line === SYS)).toHaveLength(2);
    }
  });

  it('of a system whose state is not told stays the refusal', async () => {
    const server = await hmc((line) =>
      line === SYS
        ? listed('name=quiet,type_model=9119-MME,serial_num=65BA46F')
        : { stdout: 'HSCL0238 not Operating\n', exitStatus: 1 },
    );
    const { inventory } = inventoryOver([server]);
    expect((await problemOf(inventory.read(await inventory.resolve(MTMS), ['vnics']))).type).toBe('hmc-refused');
  });

  describe('of a system whose first HMC takes commands and stays silent', () => {
    const SLOW_MS = 1_000;
    const silence: Answer = { silence: true };
    const vnicsAt = (server: ScriptedSshServer): number =>
      server.commands.filter((line) => line.includes('--rsubtype vnic')).length;

    it('comes from the other one soon; then that one is asked first, until the silent one answers again', async () => {
      let isSilent = true;
      const first = await hmc(system(() => (isSilent ? silence : NOTHING)));
      const second = await hmc(system(() => NOTHING));
      const { inventory, directory } = inventoryOver([first, second], 6_000, SLOW_MS);
      const resolved = await inventory.resolve(MTMS);
      const begun = performance.now();
      expect((await inventory.read(resolved, ['vnics'])).hmcId).toBe('hmc2');
      expect(performance.now() - begun).toBeLessThan(5_000);
      // While that read still hangs, and after it has timed out, nobody waits for this HMC again.
      expect((await inventory.read(resolved, ['vnics'], { sharing: 'own' })).hmcId).toBe('hmc2');
      await sleep(6_500);
      expect((await inventory.read(resolved, ['vnics'], { sharing: 'own' })).hmcId).toBe('hmc2');
      expect(vnicsAt(first)).toBe(1);
      isSilent = false;
      await directory.refresh(performance.now() + 1);
      expect((await inventory.read(resolved, ['vnics'])).hmcId).toBe('hmc1');
    }, 20_000);

    it('does not wait for its list of systems either, as long as another one lists the system', async () => {
      const first = await hmc(() => silence);
      const second = await hmc(system(() => NOTHING));
      const { inventory } = inventoryOver([first, second], 30_000, SLOW_MS);
      const begun = performance.now();
      const resolved = await inventory.resolve(MTMS);
      expect(resolved.seenBy.map((view) => view.hmcId)).toEqual(['hmc2']);
      await inventory.read(await inventory.resolve(MTMS), ['vnics']);
      expect(performance.now() - begun).toBeLessThan(15_000);
    }, 40_000);

    it('is not asked of the other one where the HMC is named', async () => {
      const first = await hmc(system(() => silence));
      const second = await hmc(system(() => NOTHING));
      const { inventory } = inventoryOver([first, second], 3_000, SLOW_MS);
      const resolved = await inventory.resolve(MTMS);
      const options = { hmcId: 'hmc1', sharing: 'own' } as const;
      expect((await problemOf(inventory.read(resolved, ['vnics'], options))).type).toBe('hmc-timeout');
      expect(vnicsAt(second)).toBe(0);
    });

    it('a slow one that works is the only one asked, and stays the first', async () => {
      const slow = (): Answer => ({ ...NOTHING, after: sleep(SLOW_MS * 0.6) });
      const first = await hmc(system(slow));
      const second = await hmc(system(() => NOTHING));
      const { inventory } = inventoryOver([first, second], 6_000, SLOW_MS * 2);
      const resolved = await inventory.resolve(MTMS);
      for (let n = 0; n < 2; n += 1) {
        // The ports of a system take several commands, one after the other.
        expect((await inventory.read(resolved, ['physicalPorts', 'vnics'])).hmcId).toBe('hmc1');
      }
      expect(second.commands).toEqual([SYS]);
    });
  });

  it('of a named HMC stays with that HMC', async () => {
    const silent = await hmc(system(() => ({ silence: true })));
    const good = await hmc(system(() => NOTHING));
    const { inventory } = inventoryOver([silent, good], 1_000);
    const resolved = await inventory.resolve(MTMS);
    expect((await problemOf(inventory.read(resolved, ['vnics'], { hmcId: 'hmc1' }))).type).toBe('hmc-timeout');
    expect((await inventory.read(resolved, ['vnics'], { hmcId: 'hmc2' })).hmcId).toBe('hmc2');
  });

  it('that cannot be understood says what was printed', async () => {
    const server = await hmc(system(() => ({ stdout: 'lpar_name=lizard,lpar_id=six,slot_num=6\n' })));
    const { inventory } = inventoryOver([server]);
    const problem = await problemOf(inventory.read(await inventory.resolve(MTMS), ['vnics']));
    expect(problem.type).toBe('hmc-output-not-understood');
    expect(problem.members['excerpt']).toContain('lpar_id=six');
    expect(problem.members['command']).toContain('--rsubtype vnic');
  });

  it.each([
    ['standard output', { stdout: 'HSCL3205 The HMC is busy.\n' }],
    ['standard error', { stderr: 'The HMC is busy.\n' }],
  ])('is not empty because a message on %s ends with exit 0', async (_stream, answer) => {
    const server = await hmc(system(() => answer));
    const { inventory } = inventoryOver([server]);
    const resolved = await inventory.resolve(MTMS);
    for (const part of ['partitions', 'physicalPorts', 'vnics'] as const) {
      const problem = await problemOf(inventory.read(resolved, [part]));
      expect(problem.type).toBe('hmc-output-not-understood');
      expect(problem.members['excerpt']).toMatch(/The HMC is busy\.$/);
    }
  });

  it('is not empty because nothing was printed', async () => {
    const server = await hmc(system(() => ({})));
    const { inventory } = inventoryOver([server]);
    const resolved = await inventory.resolve(MTMS);
    for (const part of ['partitions', 'physicalPorts', 'logicalPorts', 'vnics'] as const) {
      const problem = await problemOf(inventory.read(resolved, [part]));
      expect(problem.type).toBe('hmc-output-not-understood');
      expect(problem.message).toContain('printed nothing where a listing belongs');
    }
  });

  it('stays readable beside words on standard error', async () => {
    const server = await hmc(system(() => ({ ...NOTHING, stderr: 'The clock of the HMC is off.\n' })));
    const { inventory } = inventoryOver([server]);
    expect((await inventory.read(await inventory.resolve(MTMS), ['vnics'])).vnics).toEqual([]);
  });

  it('shares a command in flight, but never a fresh one; its time is that of the first command sent', async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const server = await hmc(
      system((line) => ({ ...NOTHING, after: line.includes('vnic') ? gate : Promise.resolve() })),
    );
    const { inventory } = inventoryOver([server]);
    const resolved = await inventory.resolve(MTMS);
    const before = Date.now();
    const first = inventory.read(resolved, ['vnics']);
    const afterFirst = Date.now();
    const shared = [inventory.read(resolved, ['vnics', 'partitions']), inventory.read(resolved, ['vnics'])];
    const fresh = inventory.read(resolved, ['vnics'], { sharing: 'own' });
    open();
    const snapshots = await Promise.all([first, ...shared]);
    await fresh;
    expect(server.commands.filter((line) => line.includes('vnic'))).toHaveLength(2);
    // Reckoned from the clock that nobody sets, a time of day may be a millisecond early, and never late.
    for (const { takenAt } of snapshots) {
      expect(Date.parse(takenAt)).toBeGreaterThanOrEqual(before - 1);
      expect(Date.parse(takenAt)).toBeLessThanOrEqual(afterFirst);
    }
    expect(Date.parse((await fresh).takenAt)).toBeGreaterThanOrEqual(afterFirst - 1);
  });
});
