import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ProblemType } from '../core/problem-type.js';
import { isStoreAway } from '../redis/store-away.js';
import type { AllowedMethods } from './allowed-methods.js';
import { PROBLEM_MEDIA_TYPE, toProblemDocument } from './problem-document.js';
import { ProblemError } from './problem-error.js';

/** What we say in Retry-After when the problem itself does not know better. */
const DEFAULT_RETRY_AFTER_SECONDS = 5;

/** Turns everything that is thrown, by us or by a framework, into a problem document (RFC 9457). */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Problem');

  constructor(private readonly allowedMethods: AllowedMethods) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = this.problemOf(error, request);
    if (problem.type === 'internal-error') {
      this.logger.error({ err: error, requestId: request.id, url: request.url }, 'Unexpected error');
    }
    if (reply.raw.headersSent) {
      // In the middle of an event stream: nothing but its end can be told.
      reply.raw.end();
      return;
    }
    sendProblem(reply, problem, request);
  }

  private problemOf(error: unknown, request: FastifyRequest): ProblemError {
    if (request.is404 && error instanceof HttpException && error.getStatus() === 404) return this.notFound(request);
    return toProblemError(error);
  }

  private notFound(request: FastifyRequest): ProblemError {
    const path = pathOf(request.url);
    const allowed = this.allowedMethods.at(path);
    // A wildcard such as that of the files of /docs takes paths at which it then finds nothing.
    if (allowed.length === 0 || allowed.includes(request.method)) {
      return new ProblemError({ type: 'not-found', detail: `There is nothing at ${path}; /docs shows what there is.` });
    }
    return new ProblemError({
      type: 'method-not-allowed',
      detail: `${path} does not answer to ${request.method}, but to ${allowed.join(', ')}.`,
      members: { allow: allowed },
    });
  }
}

/** Answers with the document of a problem, and the headers that go with it. */
export function sendProblem(reply: FastifyReply, problem: ProblemError, request: FastifyRequest): void {
  const { allow, ...document } = toProblemDocument(problem, pathOf(request.url));
  if (Array.isArray(allow)) void reply.header('allow', allow.join(', '));
  if (document.status === 401) void reply.header('www-authenticate', 'Bearer realm="hmc-vnic-gateway"');
  if (document.status === 503 || document.status === 429) {
    const seconds = document['retryAfterSeconds'];
    void reply.header('retry-after', String(typeof seconds === 'number' ? seconds : DEFAULT_RETRY_AFTER_SECONDS));
  }
  void reply
    .status(document.status)
    .header('content-type', PROBLEM_MEDIA_TYPE)
    .header('x-request-id', request.id)
    .send(JSON.stringify({ ...document, requestId: request.id }));
}

/** The problem that stands for anything thrown. Of what is not meant for the client nothing is told. */
export function toProblemError(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (isStoreAway(error)) {
    return new ProblemError(
      {
        type: 'store-unavailable',
        // What called Redis did not say what had been done before, so nothing is promised.
        detail:
          'Redis, which keeps the jobs, does not answer. If this was a change, it may be done, wholly or in part: look before ' +
          'you ask again.',
        members: { retryable: true, retryAfterSeconds: DEFAULT_RETRY_AFTER_SECONDS },
      },
      { cause: error },
    );
  }
  const status = statusOf(error);
  const type = status === null ? 'internal-error' : typeOfStatus(status);
  if (type === 'internal-error') {
    return new ProblemError(
      { type, detail: 'The service failed in a way that nobody foresaw. Its log tells more under this request id.' },
      { cause: error },
    );
  }
  const message = error instanceof Error ? error.message : '';
  return new ProblemError({ type, detail: DETAILS[type] ?? sentence(message) }, { cause: error });
}

/** The status of a framework's error below 500, which means that its message was written for the client. */
function statusOf(error: unknown): number | null {
  if (error instanceof HttpException) return error.getStatus();
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') return null;
  return error.name === 'FastifyError' ? error.statusCode : null;
}

function typeOfStatus(status: number): ProblemType {
  switch (status) {
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    case 404:
      return 'not-found';
    case 405:
      return 'method-not-allowed';
    case 406:
      return 'not-acceptable';
    case 408:
      return 'request-timeout';
    case 413:
      return 'payload-too-large';
    case 414:
      return 'uri-too-long';
    case 415:
      return 'unsupported-media-type';
    case 429:
      return 'too-many-requests';
    case 431:
      return 'headers-too-large';
    default:
      return status >= 400 && status < 500 ? 'invalid-request' : 'internal-error';
  }
}

/** Where we know better words than the framework. */
const DETAILS: Partial<Record<ProblemType, string>> = {
  'payload-too-large': 'The body is larger than 64 KiB; no request of this API needs that.',
  'uri-too-long': 'The path is longer than any that this API has.',
};

function sentence(message: string): string {
  return message === '' ? 'The request cannot be served.' : message;
}

/** Without the query: it may hold what does not belong into an error. */
function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? '';
}
