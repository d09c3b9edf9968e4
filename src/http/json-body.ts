import type { FastifyInstance, FastifyRequest } from 'fastify';
import { invalidRequest } from './problem-document.js';
import { ProblemError } from './problem-error.js';

type Done = (error: Error | null, body?: unknown) => void;

/** Bodies are small: six backing devices are a kilobyte. */
export const BODY_LIMIT_BYTES = 64 * 1024;

/** Objects and lists in one another. A device in a list in a body is three; what reads bodies later calls itself. */
const MAX_DEPTH = 32;

/**
 * Reads JSON bodies. An empty body is accepted whatever its content type says, because ordinary clients send
 * `Content-Type: application/json` (or curl's `-d ''` a form's) with every DELETE and POST; the DTO then says what is
 * missing. Everything that is not JSON is refused.
 */
export function readJsonBodies(fastify: FastifyInstance): void {
  // Refuses `__proto__` and `constructor.prototype` members.
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  const onJson = (request: FastifyRequest, body: Buffer, done: Done): void => {
    if (body.length === 0) {
      done(null, undefined);
      return;
    }
    const coding = foreignCoding(request);
    if (coding !== null) {
      done(coding);
      return;
    }
    let text: string;
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    } catch {
      done(malformed('it is not UTF-8'));
      return;
    }
    void parseJson(request, text, (error, value) => {
      if (error !== null) done(malformed(reasonOf(text)));
      else if (isDeeperThan(MAX_DEPTH, value)) done(tooDeep());
      else done(null, value);
    });
  };
  const onOther = (request: FastifyRequest, body: Buffer, done: Done): void => {
    if (body.length === 0) {
      done(null, undefined);
      return;
    }
    const type = request.headers['content-type'];
    const sent = type === undefined ? '; no Content-Type was sent' : `, not ${type}`;
    done(unsupported(`The body must be application/json${sent}.`));
  };
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(/^application\/([\w.+-]+\+)?json\s*(;|$)/i, { parseAs: 'buffer' }, onJson);
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, onOther);
}

/**
 * Content-Encoding, and a charset other than UTF-8 (RFC 8259 §8.1: JSON has no other).
 * Both are refused, not guessed at.
 */
function foreignCoding({ headers }: FastifyRequest): ProblemError | null {
  const contentEncoding = headers['content-encoding'] ?? 'identity';
  if (contentEncoding.trim().toLowerCase() !== 'identity') {
    return unsupported(`The body must come without Content-Encoding, not as ${contentEncoding}.`);
  }
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  return /^utf-?8$/i.test(charset) ? null : unsupported(`The body must be UTF-8, not ${charset}.`);
}

function unsupported(detail: string): ProblemError {
  return new ProblemError({ type: 'unsupported-media-type', detail });
}

/** Level by level, because a body can be nested so deep that a function that calls itself fails. */
function isDeeperThan(levels: number, value: unknown): boolean {
  let level = [value].filter(isContainer);
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth === levels) return true;
    level = level.flatMap((container) => Object.values(container).filter(isContainer));
  }
  return false;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function tooDeep(): ProblemError {
  return invalidRequest([{ pointer: '', detail: `The body is nested deeper than ${MAX_DEPTH} levels.` }]);
}

function malformed(reason: string): ProblemError {
  return new ProblemError({ type: 'malformed-json', detail: `The body is not valid JSON: ${reason}.` });
}

/** Why a text is not accepted as JSON, in the words of the engine. */
function reasonOf(text: string): string {
  try {
    JSON.parse(text);
    return 'members named __proto__ or constructor are refused';
  } catch (error) {
    return error instanceof Error ? error.message : 'it cannot be read';
  }
}
