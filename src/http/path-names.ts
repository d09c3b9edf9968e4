import { ok, refuse, type Result } from '../core/refusal.js';

/** How a path names a partition or a Virtual I/O Server: digits are an id, anything else a name. */
export type PartitionAddress = { readonly id: number } | { readonly name: string };

/** Control characters and lone surrogates: no HMC name holds one, and no HMC command line could carry it. */
const UNNAMEABLE = /[\p{Cc}\p{Cs}]/u;

function badSegment(parameter: string, detail: string): ReturnType<typeof refuse> {
  return refuse({
    type: 'invalid-request',
    detail: `The path parameter ${parameter} ${detail}`,
    members: { errors: [{ parameter, detail }] },
  });
}

/** `{system}`: a name or an MTMS such as `9119-MME*65BA46F`. 400 when it holds what no name can hold. */
export function parseSystemSegment(segment: string): Result<string> {
  if (segment === '') return badSegment('system', 'is empty: give the name or the MTMS of a managed system.');
  if (UNNAMEABLE.test(segment))
    return badSegment('system', 'holds a control character: no managed system is named so.');
  return ok(segment);
}

/**
 * `{partition}` and `{vios}`: digits are an id, `name:123` forces a name (for a partition that is named `123`).
 * `parameter` is the name of the path parameter, for the message. 400 when nothing can be named so.
 */
export function parsePartitionSegment(segment: string, parameter = 'partition'): Result<PartitionAddress> {
  if (/^\d+$/.test(segment)) {
    const id = Number(segment);
    return Number.isSafeInteger(id) ? ok({ id }) : badSegment(parameter, 'is not an id that a partition can have.');
  }
  const name = segment.startsWith('name:') ? segment.slice('name:'.length) : segment;
  if (name === '') return badSegment(parameter, 'is empty: give an id, a name, or name:NAME.');
  if (UNNAMEABLE.test(name)) return badSegment(parameter, 'holds a control character: no partition is named so.');
  return ok({ name });
}

/** `{slot}`, `{adapterId}`, `{physicalPortId}`: a whole number in decimal digits, at most five of them. */
export function parseNumberSegment(segment: string, parameter: string): Result<number> {
  if (!/^\d{1,5}$/.test(segment)) return badSegment(parameter, 'must be a whole number of 1 to 5 digits.');
  return ok(Number(segment));
}

/** `{logicalPortId}`: the hex DRC index of a logical port, `2700400b`; handed on in lower case. */
export function parseLogicalPortSegment(segment: string): Result<string> {
  if (!/^[0-9a-f]{8}$/i.test(segment)) {
    return badSegment('logicalPortId', 'must be eight hexadecimal digits, such as 2700400b.');
  }
  return ok(segment.toLowerCase());
}
