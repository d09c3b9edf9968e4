import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { Body, Controller, Delete, Get, HttpException, Module, Param, Post, Query } from '@nestjs/common';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Public, RequireRole } from '../../src/auth/access.decorators.js';
import { Caller, type CallerIdentity } from '../../src/auth/caller.js';
import { PagingQuery } from '../../src/http/paging.js';
import { ProblemError } from '../../src/http/problem-error.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';
import { KEYS, startTestApp, testConfig, type TestApp } from '../support/test-app.js';

class Device {
  @IsInt()
  @Min(1)
  @Max(100)
  priority!: number;
}

class Wish {
  @IsString()
  @MaxLength(16)
  label!: string;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(6)
  @ValidateNested({ each: true })
  @Type(() => Device)
  devices?: Device[];

  @IsOptional()
  @IsObject({ message: 'must be a device' })
  @ValidateNested()
  @Type(() => Device)
  spare?: Device;
}

const SECRET = 'the secret is hunter2';

@Controller('v1/things')
class ThingsController {
  @Get()
  list(@Query() query: PagingQuery): unknown {
    return { limit: query.limit ?? null };
  }

  @Get('broken')
  broken(): never {
    throw new Error(SECRET);
  }

  @Get('teapot')
  teapot(): never {
    throw new HttpException('short and stout', 418);
  }

  @Get('http-500')
  http500(): never {
    throw new HttpException(SECRET, 502);
  }

  @Get('away')
  away(): never {
    throw new ProblemError({ type: 'hmc-unavailable', detail: 'No HMC.', members: { retryAfterSeconds: 17 } });
  }

  @Get('number/:id')
  number(@Param('id') id: number): unknown {
    return { id };
  }

  @Get(':name')
  get(@Param('name') name: string): unknown {
    return { length: name.length, name: name.slice(0, 40) };
  }

  @Post()
  @RequireRole('operator')
  create(@Body() wish: Wish, @Caller() caller: CallerIdentity): unknown {
    return { wish, caller };
  }

  @Post('act')
  @RequireRole('operator')
  act(@Body() body: unknown): unknown {
    return { body: body ?? null };
  }

  @Delete(':name')
  @RequireRole('operator')
  remove(@Param('name') name: string): unknown {
    return { removed: name };
  }
}

@Controller('open')
class OpenController {
  @Get()
  @Public()
  get(): unknown {
    return { open: true };
  }
}

@Module({ controllers: [ThingsController, OpenController] })
class ThingsModule {}

const PREFIX = 'urn:hmc-vnic-gateway:problem:';
const bearer = `Bearer ${KEYS.operator}`;

describe('every error is a problem document', () => {
  let redis: TestRedis;
  let app: TestApp;

  beforeAll(async () => {
    redis = await startTestRedis();
    app = await startTestApp(testConfig(redis.url), [ThingsModule]);
  });
  afterAll(async () => {
    await app.close();
    await redis.stop();
  });

  const call = (method: 'get' | 'post' | 'put' | 'delete' | 'patch', path: string): request.Test =>
    request(app.url)[method](path).set('Authorization', bearer);

  /** What all problem documents have in common; returns the body. */
  const expectProblem = (response: request.Response, status: number, slug: string): Record<string, unknown> => {
    expect(response.status).toBe(status);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    const body = JSON.parse(response.text) as Record<string, unknown>;
    expect(body).toMatchObject({ type: PREFIX + slug, status });
    expect(body['title']).toBeTypeOf('string');
    expect(body['detail']).toBeTypeOf('string');
    expect(body['requestId']).toBe(response.headers['x-request-id']);
    return body;
  };

  // superagent parses application/problem+json by itself; the text is what was sent.
  it('404 where nothing is', async () => {
    const body = expectProblem(await call('get', '/v1/nothing?token=secret'), 404, 'not-found');
    expect(body['instance']).toBe('/v1/nothing');
    expectProblem(await request(app.url).get('/elsewhere'), 404, 'not-found');
  });

  it('405 where another method would do, with Allow', async () => {
    const response = await call('put', '/v1/things');
    expectProblem(response, 405, 'method-not-allowed');
    expect(response.headers['allow']).toBe('GET, HEAD, POST');
    const onName = await call('patch', '/v1/things/some%20name');
    expectProblem(onName, 405, 'method-not-allowed');
    expect(onName.headers['allow']).toContain('DELETE');
  });

  it('404 where the method would do, and nothing is there all the same', async () => {
    for (const path of ['/docs/..%2fx', '/docs/nothing.js']) {
      const response = await request(app.url).get(path);
      expectProblem(response, 404, 'not-found');
      expect(response.headers['allow']).toBeUndefined();
    }
  });

  it('400 for a body that is not JSON', async () => {
    const response = await call('post', '/v1/things').set('Content-Type', 'application/json').send('{"label": oops}');
    expect(expectProblem(response, 400, 'malformed-json')['detail']).toContain('not valid JSON');
  });

  it('400 for a body that is not UTF-8, and for prototype poisoning', async () => {
    const latin1 = call('post', '/v1/things').set('Content-Type', 'application/json');
    expectProblem(
      await latin1.serialize((body: unknown) => body as string).send(Buffer.from('{"label":"\xe9"}', 'latin1')),
      400,
      'malformed-json',
    );
    const poison = call('post', '/v1/things').set('Content-Type', 'application/json').send('{"__proto__": {"a": 1}}');
    expectProblem(await poison, 400, 'malformed-json');
  });

  it.each([
    ['lists', '['.repeat(30_000), ']'.repeat(30_000)],
    ['objects', '{"devices":'.repeat(5_000), '}'.repeat(5_000)],
    ['lists in a known member', `{"devices":${'['.repeat(30_000)}`, `${']'.repeat(30_000)}}`],
    ['33 lists', '['.repeat(33), ']'.repeat(33)],
  ])('400 for a body that is nested too deep: %s', async (_name, opening, closing) => {
    for (const path of ['/v1/things', '/v1/things/act']) {
      const response = call('post', path).set('Content-Type', 'application/json');
      const body = expectProblem(await response.send(`${opening}1${closing}`), 400, 'invalid-request');
      expect(body['errors']).toEqual([{ pointer: '', detail: expect.stringContaining('32 levels') }]);
    }
    const open = call('post', '/v1/things').set('Content-Type', 'application/json').send(opening);
    expectProblem(await open, 400, 'malformed-json');
  });

  it('a body of 32 levels is read', async () => {
    const text = `${'['.repeat(32)}${']'.repeat(32)}`;
    const response = await call('post', '/v1/things/act').set('Content-Type', 'application/json').send(text);
    expect(response.status).toBe(201);
  });

  it('400 for a body that is not an object', async () => {
    for (const text of ['[]', '"text"', '7', 'null', 'true']) {
      const response = await call('post', '/v1/things').set('Content-Type', 'application/json').send(text);
      const body = expectProblem(response, 400, 'invalid-request');
      expect(body['errors']).toEqual([{ pointer: '', detail: 'The body must be a JSON object.' }]);
    }
  });

  it('400 with every fault of a body by its pointer, the unknown ones with what is known', async () => {
    const wish = { label: 'x'.repeat(17), devices: [{ priority: 5 }, { priority: 0, 'we/ird~': 1 }], colour: 'red' };
    const body = expectProblem(await call('post', '/v1/things').send(wish), 400, 'invalid-request');
    const errors = body['errors'] as { pointer: string; detail: string }[];
    expect(errors.map((error) => error.pointer).sort()).toEqual([
      '/colour',
      '/devices/1/priority',
      '/devices/1/we~1ird~0',
      '/label',
    ]);
    const colour = errors.find((error) => error.pointer === '/colour');
    expect(colour?.detail).toBe('colour is not known here; known are devices, label, spare');
  });

  it('400 for a number in quotes: nothing is converted silently', async () => {
    const body = expectProblem(
      await call('post', '/v1/things').send({ label: 'a', devices: [{ priority: '5' }] }),
      400,
      'invalid-request',
    );
    expect(body['errors']).toEqual([{ pointer: '/devices/0/priority', detail: expect.stringContaining('integer') }]);
  });

  it('400 with one fault for each member, its type before all else', async () => {
    const spoilt = expectProblem(
      await call('post', '/v1/things').send({ label: null, devices: {}, spare: [{}] }),
      400,
      'invalid-request',
    );
    expect(spoilt['errors']).toEqual([
      { pointer: '/label', detail: 'label must be a string' },
      { pointer: '/devices', detail: 'devices must be an array' },
      { pointer: '/spare', detail: 'must be a device' },
    ]);
    const limit = expectProblem(await call('get', '/v1/things?limit=1e2'), 400, 'invalid-request');
    expect(limit['errors']).toEqual([{ parameter: 'limit', detail: expect.stringContaining('integer') }]);
  });

  it('400 with one fault for a list that is too long, however long, and for a list where an object belongs', async () => {
    for (const count of [7, 20_000]) {
      const devices = Array.from({ length: count }, () => ({}));
      const response = await call('post', '/v1/things').send({ label: 'a', devices });
      expect(expectProblem(response, 400, 'invalid-request')['errors']).toEqual([
        { pointer: '/devices', detail: 'devices must contain no more than 6 elements' },
      ]);
      for (const wrong of [{ devices: [devices] }, { spare: devices }]) {
        const inner = await call('post', '/v1/things').send({ label: 'a', ...wrong });
        expect(expectProblem(inner, 400, 'invalid-request')['errors']).toHaveLength(1);
      }
    }
  });

  it('400 with the first 50 of many faults, and how many there are', async () => {
    const wish = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`member${i}`, i]));
    const response = await call('post', '/v1/things').send({ label: 'a', ...wish });
    const body = expectProblem(response, 400, 'invalid-request');
    expect(body['errors']).toHaveLength(50);
    expect(body).toMatchObject({ errorsTotal: 3000, detail: expect.stringMatching(/^3000 faults/) });
    expect(response.text.length).toBeLessThan(10_000);
  });

  it('400 with the missing members for an empty body where one is needed', async () => {
    const body = expectProblem(await call('post', '/v1/things'), 400, 'invalid-request');
    expect(body['errors']).toMatchObject([{ pointer: '/label' }]);
  });

  it('400 for query parameters that are unknown or wrong, by name', async () => {
    const body = expectProblem(await call('get', '/v1/things?limit=0x10&colour=red'), 400, 'invalid-request');
    const errors = body['errors'] as { parameter: string }[];
    expect(new Set(errors.map((error) => error.parameter))).toEqual(new Set(['limit', 'colour']));
    expectProblem(await call('get', '/v1/things?limit='), 400, 'invalid-request');
    expect((await call('get', '/v1/things?limit=7')).body).toEqual({ limit: 7 });
  });

  it('400 for a query or a body where none is taken, and nothing is done', async () => {
    const query = expectProblem(await call('delete', '/v1/things/a?dryRun=true&x'), 400, 'invalid-request');
    expect(query['errors']).toMatchObject([{ parameter: 'dryRun' }, { parameter: 'x' }]);
    expectProblem(await call('get', '/v1/things/a?x=1'), 400, 'invalid-request');
    expectProblem(await call('post', '/v1/things?x=1').send({ label: 'a' }), 400, 'invalid-request');
    const member = expectProblem(await call('delete', '/v1/things/a').send({ 'a/b': 1 }), 400, 'invalid-request');
    expect(member['errors']).toMatchObject([{ pointer: '/a~1b' }]);
    for (const text of ['[]', 'null', '7']) {
      const response = await call('delete', '/v1/things/a').set('Content-Type', 'application/json').send(text);
      expect(expectProblem(response, 400, 'invalid-request')['errors']).toMatchObject([{ pointer: '' }]);
    }
    expectProblem(await call('get', '/v1/things/a').send({ x: 1 }), 400, 'invalid-request');
    expect((await call('delete', '/v1/things/a').send({})).body).toEqual({ removed: 'a' });
    // Probes and scrapers may add what they like.
    expect((await request(app.url).get('/open?x=1')).body).toEqual({ open: true });
    expect((await request(app.url).get('/health/live?x=1')).status).toBe(200);
  });

  it('403 comes before that', async () => {
    const response = await request(app.url).delete('/v1/things/a?x=1').set('Authorization', `Bearer ${KEYS.viewer}`);
    expectProblem(response, 403, 'forbidden');
  });

  it('400 for a path parameter that must be a number', async () => {
    expectProblem(await call('get', '/v1/things/number/6x'), 400, 'invalid-request');
    expect((await call('get', '/v1/things/number/6')).body).toEqual({ id: 6 });
  });

  it('400 for a path that cannot be decoded', async () => {
    expectProblem(await call('get', '/v1/things/%zz'), 400, 'invalid-request');
  });

  it('413 for a body that is too large', async () => {
    expectProblem(await call('post', '/v1/things').send({ label: 'x'.repeat(64 * 1024) }), 413, 'payload-too-large');
  });

  it('414 for a path of 5,000 characters, on routes and elsewhere; one of 1,000 is ours', async () => {
    expectProblem(await call('get', `/v1/things/${'n'.repeat(5000)}`), 414, 'uri-too-long');
    expectProblem(await call('get', `/${'n'.repeat(5000)}`), 414, 'uri-too-long');
    expect((await call('get', `/v1/things/${'n'.repeat(1000)}`)).body).toMatchObject({ length: 1000 });
  });

  it('415 for another media type', async () => {
    const xml = await call('post', '/v1/things').set('Content-Type', 'application/xml').send('<a/>');
    expect(expectProblem(xml, 415, 'unsupported-media-type')['detail']).toContain('application/xml');
    const broken = await call('post', '/v1/things').set('Content-Type', 'nonsense').send('{}');
    expectProblem(broken, 415, 'unsupported-media-type');
  });

  it('415 for a body in another coding or charset, in whatever way it is said', async () => {
    const json = '{"label":"a"}';
    const gzipped = call('post', '/v1/things').set('Content-Type', 'application/json').set('Content-Encoding', 'gzip');
    const bytes = gzipped.serialize((body: unknown) => body as string).send(gzipSync(json));
    expect(expectProblem(await bytes, 415, 'unsupported-media-type')['detail']).toContain('gzip');
    for (const type of ['application/json; charset=iso-8859-1', 'application/json;a=b; Charset="UTF-16"']) {
      const response = await call('post', '/v1/things').set('Content-Type', type).send(json);
      expect(expectProblem(response, 415, 'unsupported-media-type')['detail']).toContain('UTF-8');
    }
    for (const type of ['application/json; charset=UTF-8', 'application/json ; charset="utf8"', 'application/json']) {
      const same = call('post', '/v1/things').set('Content-Type', type).set('Content-Encoding', 'identity');
      expect((await same.send(json)).status).toBe(201);
    }
  });

  it('431 for headers that are too large, from a bare socket', async () => {
    const answer = await rawRequest(app.url, `GET / HTTP/1.1\r\nHost: x\r\nX-Big: ${'a'.repeat(20_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ type: `${PREFIX}headers-too-large` });
  });

  it('400 for what is not HTTP', async () => {
    const answer = await rawRequest(app.url, 'HELLO\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ type: `${PREFIX}invalid-request` });
  });

  it('500 tells nothing but the request id, and the log tells all', async () => {
    const response = await call('get', '/v1/things/broken').set('X-Request-Id', 'trace-4711');
    expectProblem(response, 500, 'internal-error');
    expect(response.text).not.toContain('hunter2');
    expect(response.headers['x-request-id']).toBe('trace-4711');
    const line = app.log.find((entry) => entry['requestId'] === 'trace-4711' && entry['level'] === 'error');
    expect(JSON.stringify(line)).toContain('hunter2');
  });

  it('a 5xx HttpException tells nothing either; an odd 4xx becomes a 400', async () => {
    const response = await call('get', '/v1/things/http-500');
    expectProblem(response, 500, 'internal-error');
    expect(response.text).not.toContain('hunter2');
    expect(expectProblem(await call('get', '/v1/things/teapot'), 400, 'invalid-request')['detail']).toBe(
      'short and stout',
    );
  });

  it('503 with the Retry-After that the problem names', async () => {
    const response = await call('get', '/v1/things/away');
    expectProblem(response, 503, 'hmc-unavailable');
    expect(response.headers['retry-after']).toBe('17');
  });

  it('an X-Request-Id that cannot stand in a header is replaced', async () => {
    const response = await call('get', '/v1/things').set('X-Request-Id', 'a b');
    expect(response.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('DELETE and POST with a content type and no body simply work', async () => {
    for (const type of ['application/json', 'application/x-www-form-urlencoded', 'text/plain']) {
      const removed = await call('delete', '/v1/things/a').set('Content-Type', type);
      expect(removed.body).toEqual({ removed: 'a' });
      const acted = await call('post', '/v1/things/act').set('Content-Type', type).set('Content-Length', '0');
      expect(acted.status).toBe(201);
      expect(acted.body).toEqual({ body: null });
    }
  });

  it('a correct call gets through, with the caller', async () => {
    const response = await call('post', '/v1/things').send({ label: 'a', devices: [{ priority: 5 }] });
    expect(response.status).toBe(201);
    expect(response.body).toEqual({
      wish: { label: 'a', devices: [{ priority: 5 }] },
      caller: { name: 'the operator', role: 'operator' },
    });
  });

  it('a HEAD of an error has no body', async () => {
    const response = await request(app.url).head('/v1/nothing').set('Authorization', bearer);
    expect(response.status).toBe(404);
    expect(response.text ?? '').toBe('');
  });
});

/** Sends bytes and returns all that comes back. */
async function rawRequest(url: string, text: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString('utf8')));
  socket.write(text);
  await new Promise((resolve, reject) => {
    socket.on('close', resolve);
    socket.on('error', reject);
  });
  return answer;
}
