import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { invalidRequest } from '../http/problem-document.js';
import { readsQuery } from '../http/undeclared-input.interceptor.js';
import type { ChangeCall } from './change.service.js';

/** What a change takes from the request besides its path parameters and body. */
export type ChangeContext = Pick<ChangeCall, 'dryRun' | 'requestedBy' | 'http'>;

/**
 * Parameter decorator: who asks, the headers that steer a change (RFC 9110 If-Match and If-None-Match, RFC 7240 Prefer,
 * Idempotency-Key) and `?dryRun=`. Unknown query parameters are refused like unknown members of a body.
 */
export const Change = createParamDecorator(changeContext, [readsQuery]);

function changeContext(_data: unknown, context: ExecutionContext): ChangeContext {
  const request = context.switchToHttp().getRequest<FastifyRequest<{ Querystring: Record<string, unknown> }>>();
  if (request.caller === null) throw new Error('@Change() stands in a handler that everybody may call');
  const { dryRun, ...unknown } = request.query;
  const faults = Object.keys(unknown).map((parameter) => ({ parameter, detail: 'is not known here; known is dryRun' }));
  if (dryRun !== undefined && dryRun !== 'true' && dryRun !== 'false') {
    faults.push({ parameter: 'dryRun', detail: 'must be true or false' });
  }
  if (faults.length > 0) throw invalidRequest(faults);
  const header = (name: string): string | undefined => {
    const value = request.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  };
  return {
    dryRun: dryRun === 'true',
    requestedBy: request.caller.name,
    http: {
      method: request.method,
      path: decodeURIComponent(request.url.split('?')[0] ?? ''),
      ifMatch: header('if-match'),
      // What a POST makes is not what its path names: a condition on that says nothing of it.
      ifNoneMatch: request.method === 'POST' ? undefined : header('if-none-match'),
      idempotencyKey: header('idempotency-key'),
      prefer: header('prefer'),
    },
  };
}
