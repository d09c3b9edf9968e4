import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Metrics } from './metrics.js';

/** The status under which a call is counted whose client left before there was an answer, as nginx does it. */
const CLIENT_LEFT = 499;

/**
 * One line in the log and one observation for each call, whether its answer was sent or its client left first. Headers and
 * queries are not logged.
 */
export function watchAnswers(fastify: FastifyInstance, logger: Logger, metrics: Metrics): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const begun = performance.now();
    // Once for each answer, sent or broken off; Fastify's onResponse leaves out the latter.
    reply.raw.once('close', () => {
      const route = request.is404 ? 'unmatched' : (request.routeOptions.url ?? 'unmatched');
      const clientLeft = !reply.raw.writableFinished;
      const status = reply.raw.headersSent ? reply.raw.statusCode : CLIENT_LEFT;
      const elapsedMs = performance.now() - begun;
      metrics.httpRequest(request.method, route, status, elapsedMs / 1000);
      const level = status >= 500 ? 'warn' : isProbe(route) ? 'debug' : 'info';
      logger[level](
        {
          context: 'Http',
          requestId: request.id,
          method: request.method,
          path: request.url.split('?', 1)[0],
          status,
          ...(clientLeft ? { clientLeft } : {}),
          durationMs: Math.round(elapsedMs),
          caller: request.caller?.name ?? null,
        },
        'request',
      );
    });
    done();
  });
}

/** Probes come every few seconds and would bury the rest. */
function isProbe(route: string): boolean {
  return route.startsWith('/health') || route === '/metrics';
}
