import type { FastifyRequest } from 'fastify';
import { ProblemError } from '../http/problem-error.js';

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Where no key is asked for, a page of any other site could let the browser on this machine send a change: a form without a
 * body needs nobody's leave. Browsers name the page's origin then (Fetch standard, "Origin header").
 * @returns the refusal of a change that comes from a page of another host; null for all other calls
 */
export function refuseForeignOrigin({
  method,
  headers,
}: Pick<FastifyRequest, 'method' | 'headers'>): ProblemError | null {
  const { origin, host } = headers;
  if (READS.has(method) || origin === undefined || isSameHost(origin, host)) return null;
  return new ProblemError({
    type: 'forbidden',
    detail: `With AUTH=none a page of another host (Origin: ${origin}) may not send changes.`,
  });
}

/** With the port; `null`, the origin of a page that has none, is nobody's host. */
function isSameHost(origin: string, host: string | undefined): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, host: ofOrigin } = new URL(origin);
  const own = `${protocol}//${host ?? ''}`;
  return ofOrigin !== '' && URL.canParse(own) && new URL(own).host === ofOrigin;
}
