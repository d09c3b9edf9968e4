import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { ApiKey, ServiceConfig } from '../config/service-config.js';
import { ProblemError } from '../http/problem-error.js';
import type { CallerIdentity } from './caller.js';
import { refuseForeignOrigin } from './foreign-origin.js';

const ANONYMOUS: CallerIdentity = { name: 'anonymous', role: 'admin' };

/**
 * Finds out who calls, before a body is read: everything under /v1, also what does not exist there, needs a key. What
 * the caller may do is decided by the AccessGuard, which lets nobody through whom this hook has not named.
 */
export function authenticateCalls(fastify: FastifyInstance, config: ServiceConfig): void {
  fastify.decorateRequest('caller', null);
  fastify.addHook('onRequest', (request, _reply, done) => {
    const path = request.routeOptions.url ?? request.url;
    if (!/^\/v1(\/|$|\?)/.test(path)) {
      done();
      return;
    }
    if (config.auth === 'none') {
      request.caller = ANONYMOUS;
      done(refuseForeignOrigin(request) ?? undefined);
      return;
    }
    const key = bearerToken(request.headers.authorization);
    const found = key === null ? null : findKey(config.apiKeys, key);
    if (found === null) {
      const detail =
        key === null
          ? 'Send the header Authorization: Bearer KEY, with a key of this service.'
          : 'This API key is not known here.';
      done(new ProblemError({ type: 'unauthorized', detail }));
      return;
    }
    request.caller = { name: found.name, role: found.role };
    done();
  });
}

/** The token of `Authorization: Bearer …` (RFC 6750 §2.1); null for anything else. */
export function bearerToken(header: string | undefined): string | null {
  return /^Bearer +([\x21-\x7e]+) *$/i.exec(header ?? '')?.[1] ?? null;
}

/** The entry of a key. Looks at every entry, and compares each in constant time. */
export function findKey(keys: readonly ApiKey[], key: string): ApiKey | null {
  const digest = createHash('sha256').update(key, 'utf8').digest();
  let found: ApiKey | null = null;
  for (const candidate of keys) {
    if (timingSafeEqual(Buffer.from(candidate.sha256, 'hex'), digest)) found = candidate;
  }
  return found;
}
