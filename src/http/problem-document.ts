import { PROBLEM_TYPES, type ProblemType } from '../core/problem-type.js';
import type { Refusal } from '../core/refusal.js';
import { ProblemError } from './problem-error.js';

/** An RFC 9457 problem document as it stands in a reply or in a job's `error`. */
export interface ProblemDocument {
  /** `urn:hmc-vnic-gateway:problem:` + a slug of core/problem-type.ts. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The request (`/v1/…`) or the job (`/v1/jobs/…`) that it happened to. */
  readonly instance?: string;
  /** Where single members of the request are at fault. */
  readonly errors?: readonly RequestFault[];
  readonly [member: string]: unknown;
}

/** One fault of a request: `pointer` (RFC 6901) into the body, or the name of a query, path or header parameter. */
export type RequestFault =
  { readonly pointer: string; readonly detail: string } | { readonly parameter: string; readonly detail: string };

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** The URN that stands in the `type` of a problem document. */
function problemTypeUrn(type: ProblemType): string {
  return `urn:hmc-vnic-gateway:problem:${type}`;
}

/**
 * Makes the document of a problem that was thrown (ProblemError) or returned (Refusal).
 * @param instance path of the request or of the job it belongs to
 */
export function toProblemDocument(problem: ProblemError | Refusal, instance?: string): ProblemDocument {
  const detail = problem instanceof ProblemError ? problem.message : problem.detail;
  const { status, title } = PROBLEM_TYPES[problem.type];
  const standard = {
    type: problemTypeUrn(problem.type),
    title,
    status,
    detail,
    ...(instance === undefined ? {} : { instance }),
    ...(problem.pointer === undefined ? {} : { errors: [{ pointer: problem.pointer, detail }] }),
  };
  // Once to stand first, and once more so that no further member can take their place.
  return { ...standard, ...problem.members, ...standard };
}

/** So many faults are named in one answer: nobody reads more, and nobody is to make an answer of megabytes. */
export const MAX_FAULTS = 50;

/**
 * A request whose parameters or body are not as the schema says: 400, with every fault up to MAX_FAULTS.
 * @param total how many faults there are, when `faults` holds the first of them only
 */
export function invalidRequest(faults: readonly RequestFault[], total = faults.length): ProblemError {
  const [first] = faults;
  const detail =
    first === undefined
      ? 'The request is not valid.'
      : total === 1
        ? `${faultPlace(first)}: ${first.detail}`
        : `${total} faults; the first is ${faultPlace(first)}: ${first.detail}`;
  const errors = faults.slice(0, MAX_FAULTS);
  const members = total > errors.length ? { errors, errorsTotal: total } : { errors };
  return new ProblemError({ type: 'invalid-request', detail, members });
}

function faultPlace(fault: RequestFault): string {
  if ('parameter' in fault) return `parameter ${fault.parameter}`;
  return fault.pointer === '' ? 'body' : fault.pointer;
}
