import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ServiceConfig } from '../config/service-config.js';
import type { ProblemType } from '../core/problem-type.js';
import { PROBLEM_MEDIA_TYPE, toProblemDocument } from './problem-document.js';
import { ProblemError } from './problem-error.js';
import { sendProblem } from './problem.filter.js';

/** Longer paths (with their query) are refused: the longest name an HMC knows is far below. */
export const MAX_URL_LENGTH = 4096;

/**
 * A request has to be there, with its body, so long after its first byte (Node's own limit for the headers). Its answer may
 * take longer: a stream of events, a call that waits for its job.
 */
export const REQUEST_TIMEOUT_MS = 60_000;
/** How often it is looked for requests that are late. */
export const LOOK_FOR_SLOW_MS = 5_000;

/** The latest answer on each connection, sent or not. */
const answers = new WeakMap<Socket, FastifyReply>();

/** The id of a request: the caller's X-Request-Id, if it can stand in a header and a log, or one of ours. */
export function requestIdOf(request: { readonly headers: IncomingHttpHeaders }): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\x21-\x7e]{1,128}$/.test(given) ? given : randomUUID();
}

/**
 * Sends the request id back with every answer, refuses paths that are too long, for routes and for none, and everything
 * under /v1 in a process that only works.
 */
export function watchRequests(fastify: FastifyInstance, role: ServiceConfig['role']): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    answers.set(request.raw.socket, reply);
    if (request.url.length > MAX_URL_LENGTH) {
      done(new ProblemError({ type: 'uri-too-long', detail: `The path may have ${MAX_URL_LENGTH} characters.` }));
      return;
    }
    if (role === 'worker' && request.routeOptions.url?.startsWith('/v1/') === true) {
      done(new ProblemError({ type: 'not-found', detail: 'This process only runs jobs (ROLE=worker).' }));
      return;
    }
    done();
  });
  fastify.addHook('onSend', (request, reply, payload, done) => {
    // What is refused before its body has been read, for want of a key for example: the rest is not waited for.
    if (!request.raw.complete && hasBody(request)) void reply.header('connection', 'close');
    done(null, payload);
  });
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/**
 * Answers what Node.js could not read as HTTP, or not in time. Unless only the body is missing there is no request and no
 * reply then, but a socket.
 * @param error of Node's HTTP parser: HPE_HEADER_OVERFLOW, ERR_HTTP_REQUEST_TIMEOUT, HPE_INVALID_…
 */
export function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = unreadable(error.code);
  const answer = answers.get(socket);
  if (answer !== undefined && !answer.raw.writableEnded) {
    if (answer.raw.headersSent) socket.destroy();
    else sendProblem(answer, problem, answer.request);
    return;
  }
  const document = toProblemDocument(problem);
  const body = JSON.stringify(document);
  socket.end(
    [
      `HTTP/1.1 ${document.status} ${document.title}`,
      `content-type: ${PROBLEM_MEDIA_TYPE}`,
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
    // The other side may go on sending.
    () => socket.destroy(),
  );
}

function unreadable(code: string | undefined): ProblemError {
  const [type, detail]: [ProblemType, string] =
    code === 'HPE_HEADER_OVERFLOW'
      ? ['headers-too-large', 'The request line and the headers together may have 16 KiB.']
      : code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? ['request-timeout', 'The request did not arrive in time.']
        : ['invalid-request', 'This is not an HTTP request.'];
  return new ProblemError({ type, detail });
}
