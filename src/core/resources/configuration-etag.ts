import { createHash } from 'node:crypto';

/**
 * A strong entity tag (RFC 9110 §8.8.3, quotes included) of a typed configuration. What moves by itself has no part in
 * one: who is active, status, link, counters, and the HMC's own attributes with the times among them. So a tag stays
 * the same over a failover, and changes with every change of the configuration.
 */
export function configurationEtag(configuration: unknown): string {
  return `"${createHash('sha256').update(JSON.stringify(configuration)).digest('base64url').slice(0, 27)}"`;
}
