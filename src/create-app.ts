import type { ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { AppModule } from './app.module.js';
import { authenticateCalls } from './auth/authentication.js';
import type { ServiceConfig } from './config/service-config.js';
import { AllowedMethods } from './http/allowed-methods.js';
import { BODY_LIMIT_BYTES, readJsonBodies } from './http/json-body.js';
import { serveOpenApi } from './http/openapi-document.js';
import { ProblemFilter, sendProblem, toProblemError } from './http/problem.filter.js';
import {
  LOOK_FOR_SLOW_MS,
  MAX_URL_LENGTH,
  REQUEST_TIMEOUT_MS,
  answerUnreadable,
  requestIdOf,
  watchRequests,
} from './http/request-limits.js';
import { RequestValidationPipe } from './http/request-validation.pipe.js';
import { UndeclaredInputInterceptor } from './http/undeclared-input.interceptor.js';
import { JobEventStream } from './jobs/job-event-stream.js';
import { JobsService } from './jobs/jobs.service.js';
import { createLogger, PinoNestLogger } from './observability/logger.js';
import { Metrics } from './observability/metrics.js';
import { watchAnswers } from './observability/watch-answers.js';
import { LocalRedisServer } from './redis/local-redis-server.js';
import { REDIS } from './redis/redis.module.js';
import { waitForStore } from './redis/wait-for-store.js';

/** How long a connection that is still busy at the very end of a shutdown may hold it up. */
const LAST_ANSWERS_MS = 5_000;

export interface CreateAppOptions {
  /** Instead of one on standard output at the configured level. */
  readonly logger?: Logger;
  /** Further modules, for tests: controllers of their own. */
  readonly modules?: NonNullable<ModuleMetadata['imports']>;
}

/**
 * Builds the whole service and starts its Redis where it needs one of its own; does not listen yet
 * (`app.listen({ host, port })`). `app.close()` ends everything in order.
 * @throws LocalRedisError when no Redis can be started
 */
export async function createApp(
  config: ServiceConfig,
  options: CreateAppOptions = {},
): Promise<NestFastifyApplication> {
  const logger = options.logger ?? createLogger(config.logLevel);
  const nestLogger = new PinoNestLogger(logger);
  for (const warning of config.warnings) nestLogger.warn(warning, 'Configuration');

  const local = config.redisUrl === null ? await LocalRedisServer.start(config.redisDataDir, nestLogger) : null;
  try {
    const redisUrl = config.redisUrl ?? local?.url ?? '';
    const app = await NestFactory.create<NestFastifyApplication>(
      AppModule.of(config, redisUrl, local, options.modules ?? []),
      new FastifyAdapter({
        bodyLimit: BODY_LIMIT_BYTES,
        requestTimeout: REQUEST_TIMEOUT_MS,
        http: { connectionsCheckingInterval: LOOK_FOR_SLOW_MS },
        routerOptions: { maxParamLength: MAX_URL_LENGTH },
        genReqId: requestIdOf,
        frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
          sendProblem(reply, toProblemError(error), request),
        clientErrorHandler: answerUnreadable,
      }),
      { logger: nestLogger, abortOnError: false, bodyParser: false },
    );
    try {
      await prepare(app, config, logger);
    } catch (error) {
      await app.close();
      throw error;
    }
    return app;
  } catch (error) {
    await local?.stop();
    throw error;
  }
}

async function prepare(app: NestFastifyApplication, config: ServiceConfig, logger: Logger): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  const allowedMethods = new AllowedMethods();
  allowedMethods.watch(fastify);
  readJsonBodies(fastify);
  watchAnswers(fastify, logger, app.get(Metrics));
  watchRequests(fastify, config.role);
  authenticateCalls(fastify, config);
  endCallsAtTheEnd(fastify, app.get(JobEventStream), app.get(JobsService));
  app.useGlobalFilters(new ProblemFilter(allowedMethods));
  app.useGlobalInterceptors(new UndeclaredInputInterceptor());
  app.useGlobalPipes(new RequestValidationPipe());
  serveOpenApi(app);
  await waitForStore(app.get(REDIS), logger);
}

/** Nobody who listens or waits holds up the end of the process, nor a connection that is kept alive. */
function endCallsAtTheEnd(fastify: FastifyInstance, streams: JobEventStream, jobs: JobsService): void {
  let ending = false;
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (ending) void reply.header('connection', 'close');
    done(null, payload);
  });
  fastify.addHook('preClose', (done) => {
    ending = true;
    streams.endAll();
    jobs.endWaiting();
    setTimeout(() => fastify.server.closeAllConnections(), LAST_ANSWERS_MS).unref();
    done();
  });
}
