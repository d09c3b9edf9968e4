import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { invalidRequest, type RequestFault } from './problem-document.js';
import { jsonPointer } from './request-validation.pipe.js';

const READS_QUERY = Symbol('reads the query');

/** For a parameter decorator that reads the query itself, as its enhancer: it then refuses what it does not know. */
export const readsQuery: ParameterDecorator = (prototype, method) => {
  Reflect.defineMetadata(READS_QUERY, true, prototype.constructor, method ?? '');
};

/**
 * Refuses what nobody would look at: a query where the handler takes none, and a body where it takes none. Otherwise
 * `DELETE /v1/jobs/{jobId}?dryRun=true` would cancel the job. An empty body, and `{}`, are no body. Only under /v1:
 * probes and scrapers may add what they like.
 */
@Injectable()
export class UndeclaredInputInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (request.routeOptions.url?.startsWith('/v1/') === true) {
      const controller = context.getClass();
      const method = context.getHandler().name;
      const faults = [
        ...(takesQuery(controller, method) ? [] : queryFaults(request)),
        ...(takes(RouteParamtypes.BODY, controller, method) ? [] : bodyFaults(request)),
      ];
      if (faults.length > 0) throw invalidRequest(faults);
    }
    return next.handle();
  }
}

function takesQuery(controller: object, method: string): boolean {
  return takes(RouteParamtypes.QUERY, controller, method) || Reflect.hasMetadata(READS_QUERY, controller, method);
}

/** Nest keeps the decorators of a handler's parameters by `type:index`. */
function takes(type: RouteParamtypes, controller: object, method: string): boolean {
  const parameters = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) ?? {}) as object;
  return Object.keys(parameters).some((key) => key.startsWith(`${type}:`));
}

function queryFaults({ query }: FastifyRequest): RequestFault[] {
  const names = Object.keys(query as object);
  return names.map((parameter) => ({ parameter, detail: 'is not known here: this call takes no query parameters' }));
}

function bodyFaults({ body, headers }: FastifyRequest): RequestFault[] {
  // Of a GET Fastify does not read the body.
  if (body === undefined && Number(headers['content-length'] ?? 0) === 0) return [];
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return [{ pointer: '', detail: 'This call takes no body: leave it out.' }];
  }
  const names = Object.keys(body);
  return names.map((name) => ({ pointer: jsonPointer([name]), detail: `${name} is not known here: leave it out` }));
}
