import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import supertest from 'supertest';
import { parse } from 'yaml';
import { HELP, readCli } from '../../simulator/cli.js';
import { type Simulator, startSimulator } from '../../simulator/simulator.js';
import { login, type Session } from './ssh-client.js';

const SYSTEM = 'reptilian-9119-MME-65BA46F';
const STATES = `lshwres -r virtualio --rsubtype vnic -m ${SYSTEM} --filter lpar_names=iguana,slots=4 -F slot_num,backing_device_states`;

describe('the control of a simulator', () => {
  let simulator: Simulator;
  let session: Session;
  beforeEach(async () => {
    simulator = await startSimulator({ controlPort: 0 });
    const [hmc] = simulator.hmcs;
    if (!hmc) throw new Error('an HMC expected');
    session = await login(hmc);
  });
  afterEach(async () => {
    session.end();
    await simulator.close();
  });
  const http = (): ReturnType<typeof supertest> => supertest(simulator.controlUrl ?? '');
  const sim = (line: string): supertest.Test => http().post('/sim').send({ line });

  it('takes lines over HTTP', async () => {
    await sim(`port-down ${SYSTEM} 1 0`).expect(200, { done: `port-down ${SYSTEM} 1 0` });
    expect((await session.run(STATES)).stdout).toBe('4,"sriov/27004003/0/Link Down,sriov/2700c001/1/Operational"\n');
    await sim(`port-up '9119-MME*65BA46F' 1 0`).expect(200);
    expect((await session.run(STATES)).stdout).toContain('sriov/27004003/1/Operational');
    await sim(`device-status ${SYSTEM} 27004003 "Network Error"`).expect(200);
    expect((await session.run(STATES)).stdout).toContain('sriov/27004003/0/Network Error');
    await sim(`device-status ${SYSTEM} 27004003`).expect(200);
    expect((await session.run(STATES)).stdout).toContain('sriov/27004003/1/Operational');
  });

  it('says what is wrong with a line', async () => {
    const cases: [string, string][] = [
      ['explode', 'there is no explode'],
      [`port-down ${SYSTEM} 1`, 'nothing is not a number'],
      [`port-down ${SYSTEM} 1 9`, 'there is no physical port 9'],
      ['vios-down nosuch vios1', 'nosuch was not found'],
      ['stop hmc9', 'there is no HMC hmc9'],
      ['latency hmc1', 'read=MS or change=MS is missing'],
      ['fault {}', 'would be'],
      [`fault '{"type":"explode"}'`, 'must be one of'],
      [`connection hmc1 ${SYSTEM} Happy`, 'Happy is none of'],
    ];
    for (const [line, reason] of cases) {
      const { body } = await sim(line).expect(400);
      expect(body.error).toContain(line.startsWith('fault {}') ? 'expanded' : reason);
    }
    await http().post('/sim').send({}).expect(400);
  });

  it('takes the same lines over SSH, and does not log them as commands of an HMC', async () => {
    expect(await session.run(`sim vios-down ${SYSTEM} vios1`)).toEqual({ exitStatus: 0, stdout: '', stderr: '' });
    expect((await session.run(STATES)).stdout).toContain('sriov/27004003/0/Powered Off');
    expect((await session.run('sim help')).stdout).toContain('vios-down SYSTEM VIOS');
    expect(await session.run('sim stop')).toMatchObject({
      exitStatus: 2,
      stderr: expect.stringContaining('usage: sim stop HMC'),
    });
    expect(simulator.log.entries.map((entry) => entry.line)).toEqual([STATES]);
  });

  it('shows HMCs, faults, the estate and the log', async () => {
    await sim(`fault '{"type":"refuse","text":"no","match":"chhwres","times":null}'`).expect(200, { id: 1 });
    await session.run('lshmc -V');
    await session.run('lssyscfg -r lpar -m 9119-MME*65BA46F -F name,lpar_id');
    const { body: hmcs } = await http().get('/hmcs').expect(200);
    expect(hmcs).toMatchObject([
      { id: 'hmc1', version: 'V10R3', changeErrorStream: 'stdout', openConnections: 1, latency: { readMs: 0 } },
      { id: 'hmc2', version: 'V8R8.6.0', changeErrorStream: 'stderr', openConnections: 0 },
    ]);
    const { body: faults } = await http().get('/faults').expect(200);
    expect(faults).toEqual([
      { id: 1, left: null, fault: { type: 'refuse', text: 'no', match: 'chhwres', times: null } },
    ]);
    const { body: estate } = await http().get('/estate').expect(200);
    expect(estate.systems[0].name).toBe(SYSTEM);
    const { body: log } = await http().get('/log?after=1').expect(200);
    expect(log).toEqual([
      {
        sequence: 2,
        hmcId: 'hmc1',
        mtms: '9119-MME*65BA46F',
        user: 'hscroot',
        connectionId: 'hmc1-1',
        line: 'lssyscfg -r lpar -m 9119-MME*65BA46F -F name,lpar_id',
        words: ['lssyscfg', '-r', 'lpar', '-m', '9119-MME*65BA46F', '-F', 'name,lpar_id'],
        unquoted: ['*'],
        kind: 'read',
        startedAt: expect.any(Number),
        startedAtTime: expect.stringMatching(/^\d{4}-.*Z$/),
        effectAt: null,
        finishedAt: expect.any(Number),
        finishedAtTime: expect.stringMatching(/^\d{4}-.*Z$/),
        end: 'exited',
        exitStatus: 0,
        stdoutBytes: expect.any(Number),
        stderrBytes: 0,
      },
    ]);
    expect((await http().get('/').expect(200)).text).toContain('vios-down SYSTEM VIOS');
    await http().get('/log?after=x').expect(400);
  });

  it('is only for this machine', async () => {
    await http().get('/estate').set('Host', 'evil.example').expect(403);
  });

  it('changes what an HMC says of itself and of its frames', async () => {
    await sim(`connection hmc1 ${SYSTEM} "No Connection"`).expect(200);
    expect(await session.run(STATES)).toMatchObject({ exitStatus: 1 });
    await sim(`connection hmc1 ${SYSTEM} Connected`).expect(200);
    await sim(`system-state ${SYSTEM} "Power Off"`).expect(200);
    expect((await session.run(`lssyscfg -r sys -m ${SYSTEM} -F name,state`)).stdout).toBe(`${SYSTEM},Power Off\n`);
    await sim(`system-state ${SYSTEM} Operating`).expect(200);
    await sim(`partition-state ${SYSTEM} lizard "Open Firmware" none`).expect(200);
    expect((await session.run(`lssyscfg -r lpar -m ${SYSTEM} --filter lpar_ids=6 -F state,rmc_state`)).stdout).toBe(
      'Open Firmware,none\n',
    );
  });

  it('can put everything back', async () => {
    const before = JSON.stringify(simulator.estate);
    await sim(`vios-down ${SYSTEM} vios1`);
    await sim('latency read=5 change=7');
    await sim(`fault '{"type":"no-answer"}'`);
    await session.run(`sim vios-down ${SYSTEM} vios2`);
    simulator.control.reset();
    expect(JSON.stringify(simulator.estate)).toBe(before);
    expect(simulator.control.listFaults()).toEqual([]);
    expect(simulator.log.entries).toEqual([]);
    expect(simulator.control.describeHmcs()).toMatchObject([{ latency: { readMs: 0, changeMs: 0 } }, {}]);
    expect((await session.run(STATES)).stdout).toContain('/1/Operational');
  });
});

describe('readCli', () => {
  it('reads what the help names', () => {
    const args = ['--port', '0', '--read-latency-ms', '150', '--fault', '{"type":"latency","ms":5}'];
    expect(readCli(args)).toMatchObject({
      hmc1Port: 0,
      hmc2Port: 2202,
      readLatencyMs: 150,
      changeLatencyMs: 0,
      faults: [{ type: 'latency', ms: 5 }],
    });
    expect(readCli(['--help']).help).toBe(true);
    for (const option of HELP.match(/--[a-z0-9-]+/g) ?? []) {
      expect(() => readCli([option, ...(option === '--help' ? [] : ['x'])])).not.toThrow(/Unknown option/);
    }
  });

  it.each([
    [['--port', 'x'], '--port takes a number'],
    [['--port', '65536'], '--port takes a number'],
    [['--fault', '{"type":"x"}'], '--fault {"type":"x"}: "type" must be one of'],
    [['--fault', 'x'], '--fault x: '],
    [['--write-config', 'x'], 'needs --state-dir'],
    [['--what'], 'Unknown option'],
  ])('refuses %j', (args, reason) => {
    expect(() => readCli(args)).toThrow(reason);
  });
});

describe('the program', () => {
  let folder = '';
  let built = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'simulator-'));
    // Compiled into the repository, where Node finds the packages, but not into dist: a build may run beside the tests.
    built = mkdtempSync(join('node_modules', '.simulator-'));
    execFileSync('npx', ['tsc', '-p', 'simulator', '--outDir', built]);
    writeFileSync(join(built, 'package.json'), '{"type":"module"}');
  }, 120_000);
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
    rmSync(built, { recursive: true, force: true });
  });

  it('starts, writes a configuration that works, keeps its keys, logs, and stops when it is told', async () => {
    const config = join(folder, 'hmc.yaml');
    const log = join(folder, 'log.jsonl');
    const run = async (): Promise<unknown> => {
      const ports = ['--port', '0', '--hmc2-port', '0', '--control-port', '0'];
      const files = ['--state-dir', join(folder, 'state'), '--write-config', config, '--log', log];
      const child = spawn(process.execPath, [join(built, 'main.js'), ...ports, ...files], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
      let output = '';
      await new Promise<void>((resolve) => {
        child.stdout.on('data', (data: Buffer) => {
          output += data.toString();
          if (output.includes('HMC_CONFIG=')) resolve();
        });
      });
      expect(output).toMatch(/control: curl http:\/\/127\.0\.0\.1:\d+\n/);
      const { hmcs } = parse(readFileSync(config, 'utf8'));
      expect(hmcs.map((each: { id: string }) => each.id)).toEqual(['hmc1', 'hmc2']);
      const [hmc] = hmcs;
      expect(output).toContain(hmc.hostKeys[0]);
      expect(statSync(hmc.privateKeyFile).mode & 0o777).toBe(0o600);
      const session = await login({ ...hmc, privateKey: readFileSync(hmc.privateKeyFile, 'utf8') });
      expect(await session.run('lshmc -V')).toMatchObject({ exitStatus: 0 });
      child.kill('SIGTERM');
      expect(await exited).toBe(0);
      return hmc.hostKeys;
    };
    const first = await run();
    expect(await run()).toEqual(first);
    const lines = readFileSync(log, 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).line)).toEqual(['lshmc -V', 'lshmc -V']);
  }, 60_000);

  it('says what it does not understand', () => {
    expect(() => execFileSync(process.execPath, [join(built, 'main.js'), '--port', 'x'], { stdio: 'pipe' })).toThrow(
      '--port takes a number from 0 to 65535, not x',
    );
  });
});
