import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Role } from '../config/service-config.js';

/** Who sent a request. */
export interface CallerIdentity {
  /** Name of the API key; `anonymous` with AUTH=none. */
  readonly name: string;
  readonly role: Role;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** null until authenticated, and for ever where no key is asked for. */
    caller: CallerIdentity | null;
  }
}

/** Parameter decorator: the CallerIdentity. Only for handlers that ask for a role (all under /v1). */
export const Caller = createParamDecorator((_data: unknown, context: ExecutionContext): CallerIdentity => {
  const { caller } = context.switchToHttp().getRequest<FastifyRequest>();
  if (caller === null) throw new Error('@Caller() stands in a handler that everybody may call');
  return caller;
});
