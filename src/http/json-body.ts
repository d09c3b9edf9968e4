import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ProblemError } from './problem-error.js';

type Done = (error: Error | null, body?: unknown) => void;

/** Bodies are small: six backing devices are a kilobyte. */
export const BODY_LIMIT_BYTES = 64 * 1024;

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
    let text: string;
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    } catch {
      done(malformed('it is not UTF-8'));
      return;
    }
    void parseJson(request, text, (error, value) => {
      if (error === null) done(null, value);
      else done(malformed(reasonOf(text)));
    });
  };
  const onOther = (request: FastifyRequest, body: Buffer, done: Done): void => {
    if (body.length === 0) {
      done(null, undefined);
      return;
    }
    const type = request.headers['content-type'];
    done(
      new ProblemError({
        type: 'unsupported-media-type',
        detail: `The body must be application/json${type === undefined ? '; no Content-Type was sent' : `, not ${type}`}.`,
      }),
    );
  };
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(/^application\/([\w.+-]+\+)?json(;|$)/i, { parseAs: 'buffer' }, onJson);
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, onOther);
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
