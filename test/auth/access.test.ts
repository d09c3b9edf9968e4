import { Controller, Delete, Get, Module, Patch, Post, Put } from '@nestjs/common';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Public, RequireRole } from '../../src/auth/access.decorators.js';
import { bearerToken, findKey } from '../../src/auth/authentication.js';
import { Caller, type CallerIdentity } from '../../src/auth/caller.js';
import { ROLES, type Role } from '../../src/config/service-config.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';
import { KEYS, sha256, startTestApp, testConfig, type TestApp } from '../support/test-app.js';

@Controller('v1/rooms')
class RoomsController {
  @Get()
  read(@Caller() caller: CallerIdentity): unknown {
    return caller;
  }

  @Post()
  @RequireRole('operator')
  change(): unknown {
    return {};
  }

  @Put()
  @RequireRole('admin')
  force(): unknown {
    return {};
  }

  @Get('secret')
  @RequireRole('admin')
  secret(): unknown {
    return {};
  }
}

@Controller('lobby')
class LobbyController {
  @Get()
  closed(): unknown {
    return {};
  }

  @Get('open')
  @Public()
  open(): unknown {
    return {};
  }
}

@Module({ controllers: [RoomsController, LobbyController] })
class RoomsModule {}

describe('keys and roles', () => {
  let redis: TestRedis;
  let app: TestApp;
  beforeAll(async () => {
    redis = await startTestRedis();
    app = await startTestApp(testConfig(redis.url), [RoomsModule]);
  });
  afterAll(async () => {
    await app.close();
    await redis.stop();
  });

  const call = (method: 'get' | 'post' | 'put', path: string, role: Role | null): request.Test => {
    const test = request(app.url)[method](path);
    return role === null ? test : test.set('Authorization', `Bearer ${KEYS[role]}`);
  };

  it.each([
    ['get', '/v1/rooms', 'viewer'],
    ['post', '/v1/rooms', 'operator'],
    ['put', '/v1/rooms', 'admin'],
    ['get', '/v1/rooms/secret', 'admin'],
  ] as const)('%s %s is for %s and above', async (method, path, least) => {
    expect((await call(method, path, null)).status).toBe(401);
    for (const role of ROLES) {
      const { status } = await call(method, path, role);
      if (ROLES.indexOf(role) >= ROLES.indexOf(least)) expect(status, role).toBeLessThan(300);
      else expect(status, role).toBe(403);
    }
  });

  it('401 says how to authorise, 403 which role is needed', async () => {
    const without = await call('get', '/v1/rooms', null);
    expect(without.headers['www-authenticate']).toBe('Bearer realm="hmc-vnic-gateway"');
    expect(without.body).toMatchObject({ type: 'urn:hmc-vnic-gateway:problem:unauthorized', status: 401 });
    const viewer = await call('post', '/v1/rooms', 'viewer');
    expect(viewer.body).toMatchObject({ type: 'urn:hmc-vnic-gateway:problem:forbidden', requiredRole: 'operator' });
  });

  it('names the caller', async () => {
    expect((await call('get', '/v1/rooms', 'viewer')).body).toEqual({ name: 'the viewer', role: 'viewer' });
  });

  it.each([
    'Basic dmlld2VyLWtleQ==',
    'Bearer',
    'Bearer ',
    'Bearer wrong',
    `Bearer ${KEYS.admin} ${KEYS.admin}`,
    KEYS.admin,
  ])('refuses Authorization: %s', async (header) => {
    expect((await request(app.url).get('/v1/rooms').set('Authorization', header)).status).toBe(401);
  });

  it('asks for the key before it reads a body, looks for a route, or accepts an escaped path', async () => {
    const broken = request(app.url).post('/v1/rooms').set('Content-Type', 'application/json').send('{');
    expect((await broken).status).toBe(401);
    expect((await request(app.url).get('/v1/nothing')).status).toBe(401);
    expect((await request(app.url).get('/%761/rooms')).status).toBe(401);
    expect((await request(app.url).get('//v1/rooms')).status).toBe(404);
  });

  it('leaves open what is public, and only that', async () => {
    for (const path of ['/lobby/open', '/health/live', '/health/ready', '/metrics', '/docs', '/openapi.json']) {
      expect((await request(app.url).get(path)).status, path).toBe(200);
    }
    expect((await request(app.url).get('/lobby')).status).toBe(401);
  });

  it('never logs a key', async () => {
    await call('get', '/v1/rooms?key=1', 'admin');
    await request(app.url).get('/v1/rooms').set('Authorization', 'Bearer some-wrong-key-55');
    expect(app.log.some((line) => line['caller'] === 'the admin')).toBe(true);
    const text = JSON.stringify(app.log);
    for (const key of [...Object.values(KEYS), 'some-wrong-key-55']) expect(text).not.toContain(key);
  });
});

describe('AUTH=none', () => {
  it('makes everybody an admin called anonymous', async () => {
    const redis = await startTestRedis();
    const app = await startTestApp(testConfig(redis.url, { auth: 'none', apiKeys: [] }), [RoomsModule]);
    try {
      expect((await request(app.url).get('/v1/rooms')).body).toEqual({ name: 'anonymous', role: 'admin' });
      expect((await request(app.url).put('/v1/rooms')).status).toBe(200);

      // What a browser says of the page that sends something.
      const sent = (method: 'get' | 'put' | 'post', origin: string, host?: string): request.Test => {
        const call = request(app.url)[method]('/v1/rooms').set('Origin', origin);
        return (host === undefined ? call : call.set('Host', host)).type('form').send('');
      };
      const { port } = new URL(app.url);
      for (const origin of [
        'https://evil.example',
        'null',
        `http://127.0.0.1:${Number(port) + 1}`,
        'http://127.0.0.1',
      ]) {
        const refused = await sent('post', origin);
        expect(refused.status).toBe(403);
        expect(refused.body).toMatchObject({ type: 'urn:hmc-vnic-gateway:problem:forbidden' });
        expect((await sent('put', origin)).status).toBe(403);
        // The browser lets no page of another origin see what is read.
        expect((await sent('get', origin)).status).toBe(200);
      }
      expect((await sent('post', app.url)).status).toBe(201);
      expect((await sent('post', `http://LOCALHOST:${port}`, `localhost:${port}`)).status).toBe(201);
      expect((await sent('post', 'https://gateway.example', 'gateway.example')).status).toBe(201);
    } finally {
      await app.close();
      await redis.stop();
    }
  });
});

describe('the check at the start', () => {
  @Controller('v1/forgotten')
  class ForgottenController {
    @Delete(':id')
    remove(): void {}

    @Patch()
    @Public()
    open(): void {}
  }
  @Module({ controllers: [ForgottenController] })
  class ForgottenModule {}

  it('stops a service with a change that names no role, or with an open door under /v1', async () => {
    const redis = await startTestRedis();
    try {
      await expect(startTestApp(testConfig(redis.url), [ForgottenModule])).rejects.toThrow(
        /ForgottenController\.remove: a change needs[\s\S]*ForgottenController\.open: nothing under \/v1/,
      );
    } finally {
      await redis.stop();
    }
  });
});

describe('bearerToken', () => {
  it('reads the scheme in any case, and nothing but one token', () => {
    expect(bearerToken('bearer abc')).toBe('abc');
    expect(bearerToken('Bearer  abc ')).toBe('abc');
    expect(bearerToken('Bearer a b')).toBeNull();
    expect(bearerToken('Bearerabc')).toBeNull();
    expect(bearerToken(undefined)).toBeNull();
  });
});

describe('findKey', () => {
  it('finds the entry whose hash is that of the key', () => {
    const keys = [
      { name: 'a', role: 'viewer', sha256: sha256('key-a') },
      { name: 'b', role: 'admin', sha256: sha256('key-b') },
    ] as const;
    expect(findKey(keys, 'key-b')?.name).toBe('b');
    expect(findKey(keys, sha256('key-b'))).toBeNull();
    expect(findKey([], 'key-a')).toBeNull();
  });
});
