import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Metrics } from './metrics.js';

/** One line in the log and one observation for each answer. Headers and queries are not logged. */
export function watchAnswers(fastify: FastifyInstance, logger: Logger, metrics: Metrics): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? 'unmatched' : (request.routeOptions.url ?? 'unmatched');
    const seconds = reply.elapsedTime / 1000;
    metrics.httpRequest(request.method, route, reply.statusCode, seconds);
    const level = reply.statusCode >= 500 ? 'warn' : isProbe(route) ? 'debug' : 'info';
    logger[level](
      {
        context: 'Http',
        requestId: request.id,
        method: request.method,
        path: request.url.split('?', 1)[0],
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime),
        caller: request.caller?.name ?? null,
      },
      'request',
    );
    done();
  });
}

/** Probes come every few seconds and would bury the rest. */
function isProbe(route: string): boolean {
  return route.startsWith('/health') || route === '/metrics';
}
