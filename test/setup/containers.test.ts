import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { SETTINGS } from '../../src/config/settings.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface Service {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly target: string };
  readonly command?: string;
  readonly profiles?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly network_mode?: string;
  readonly stop_grace_period?: string;
}

const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  readonly services: Readonly<Record<'gateway' | 'redis' | 'simulator' | 'simulated-gateway', Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const services = Object.entries<Service>(compose.services);
const dockerfile = read('Dockerfile');

describe('docker-compose.yml', () => {
  it('starts the service and its Redis, and the simulator only when asked to', () => {
    expect(services.filter(([, { profiles }]) => profiles === undefined).map(([name]) => name)).toEqual([
      'gateway',
      'redis',
    ]);
    for (const name of ['simulator', 'simulated-gateway'] as const)
      expect(compose.services[name].profiles).toEqual(['simulator']);
  });

  it('keeps every accepted job', () => {
    const { command, volumes } = compose.services.redis;
    expect(command).toContain('--appendonly yes');
    expect(command).toContain('--appendfsync always');
    expect(command).toContain('--maxmemory-policy noeviction');
    expect(volumes).toContain('redis:/data');
  });

  it.each(services.filter(([, { environment }]) => environment !== undefined))(
    'sets only what the service reads, and all that it needs: %s',
    (_name, { environment = {}, volumes = [] }) => {
      expect(Object.keys(environment).filter((name) => !(name in SETTINGS))).toEqual([]);
      expect(Object.keys(environment)).toEqual(
        expect.arrayContaining(['HMC_CONFIG', 'API_KEYS_FILE', 'REDIS_URL', 'HOST']),
      );
      for (const file of [environment['HMC_CONFIG'], environment['API_KEYS_FILE']]) {
        const folder = file?.slice(0, file.lastIndexOf('/')) ?? '';
        expect(volumes.filter((volume) => volume.endsWith(`:${folder}:ro`))).toHaveLength(1);
      }
      expect(environment['REDIS_URL']).toBe('redis://redis:6379');
    },
  );

  it('has for each service a health check, and waits for what it needs to be healthy', () => {
    for (const [name, { healthcheck, depends_on = {} }] of services) {
      expect([name, healthcheck?.test[0]]).toEqual([name, 'CMD']);
      for (const [needed, { condition }] of Object.entries(depends_on)) {
        expect(Object.keys(compose.services)).toContain(needed);
        expect(condition).toBe('service_healthy');
      }
    }
  });

  it('names volumes and networks that are there', () => {
    for (const [, { volumes = [], network_mode }] of services) {
      const named = volumes.map((volume) => volume.split(':')[0] ?? '').filter((volume) => !volume.startsWith('.'));
      expect(named.filter((volume) => !(volume in compose.volumes))).toEqual([]);
      if (network_mode !== undefined)
        expect(Object.keys(compose.services)).toContain(network_mode.replace('service:', ''));
    }
  });

  it('lets nobody in from outside, because the service speaks plain HTTP', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(ports).toHaveLength(2);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:3000$/);
  });

  it('gives a running change the time that the service gives it', () => {
    for (const name of ['gateway', 'simulated-gateway'] as const) {
      const seconds = Number(/^(\d+)s$/.exec(compose.services[name].stop_grace_period ?? '')?.[1]);
      expect(seconds).toBeGreaterThanOrEqual(Number(SETTINGS.SHUTDOWN_GRACE_SECONDS.default) + 10);
    }
  });

  it('builds stages that the Dockerfile has', () => {
    const stages = [...dockerfile.matchAll(/^FROM \S+ AS (\S+)$/gm)].map((match) => match[1]);
    const targets = services.flatMap(([, { build }]) => build?.target ?? []);
    expect(targets).toHaveLength(3);
    for (const target of targets) expect(stages).toContain(target);
  });
});

describe('Dockerfile', () => {
  const stageOf = (name: string): string => {
    const stage = dockerfile.split(/^(?=FROM )/m).find((text) => text.split('\n')[0]?.endsWith(` AS ${name}`));
    if (stage === undefined) throw new Error(`there is no stage ${name}`);
    return stage;
  };

  it.each(['service', 'simulator'])(
    'runs %s as an ordinary user, as the first process, without the compiler',
    (name) => {
      const stage = stageOf(name);
      expect(stage).toMatch(/^USER node$/m);
      expect(stage).toMatch(new RegExp(`^CMD \\["node", "dist/${name}/main\\.js"`, 'm'));
      expect(stage).toContain('COPY --from=packages /app/node_modules node_modules');
      expect(stageOf('packages')).toContain('npm ci --omit=dev');
    },
  );

  it('copies only what is in the repository and not kept out of the build', () => {
    const ignored = read('.dockerignore').split('\n');
    expect(ignored[0]).toBe('*');
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
      (match) => match[1]?.split(' ') ?? [],
    );
    expect(copied).toContain('src');
    for (const path of copied) {
      expect([path, existsSync(join(ROOT, path))]).toEqual([path, true]);
      expect(ignored).toContain(`!${path}`);
    }
  });

  it('is built on a Node that the package allows', () => {
    const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
    const [, major, minor] = />=(\d+)\.(\d+)/.exec(engines.node) ?? [];
    const images = [...dockerfile.matchAll(/^FROM node:(\d+)/gm)].map((match) => Number(match[1]));
    expect(images.length).toBeGreaterThan(0);
    for (const image of images) expect(image).toBeGreaterThan(Number(major) + Number(minor) / 100);
  });
});
