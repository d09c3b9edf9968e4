import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { ROLES, type Role } from '../config/service-config.js';
import { ProblemError } from '../http/problem-error.js';
import { PUBLIC, REQUIRED_ROLE } from './access.decorators.js';
import type { CallerIdentity } from './caller.js';

/** Lets a call through when the caller's role is enough for the handler. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const places = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC, places) === true) return true;
    const { caller, method } = context.switchToHttp().getRequest<FastifyRequest>();
    if (caller === null) {
      throw new ProblemError({ type: 'unauthorized', detail: 'Send the header Authorization: Bearer KEY.' });
    }
    const isRead = method === 'GET' || method === 'HEAD';
    // A change without a decorator does not get past the start (AccessCheck); should it, only an admin may call it.
    const needed = this.reflector.getAllAndOverride<Role>(REQUIRED_ROLE, places) ?? (isRead ? 'viewer' : 'admin');
    demandRole(caller, needed, 'This');
    return true;
  }
}

/** @param what begins the sentence: `This`, or what in the request asks for the role. @throws ProblemError forbidden */
export function demandRole(caller: CallerIdentity, needed: Role, what: string): void {
  if (roleIncludes(caller.role, needed)) return;
  throw new ProblemError({
    type: 'forbidden',
    detail: `${what} needs the role ${needed}; the key ${caller.name} has the role ${caller.role}.`,
    members: { requiredRole: needed },
  });
}

/** viewer < operator < admin. */
function roleIncludes(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
