import type { ProblemType } from './problem-type.js';

/** Why a request is not carried out; becomes a problem document (RFC 9457) or the error of a job. Pure data. */
export interface Refusal {
  readonly type: ProblemType;
  /** One or two sentences: what is wrong and what to do about it. */
  readonly detail: string;
  /** JSON Pointer (RFC 6901) into the request body, where one member is at fault: `/backingDevices/1/capacity`. */
  readonly pointer?: string;
  /** Further members of the problem document, such as `candidates`. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** It may pass by itself shortly: in the middle of a plan that is worth waiting for, within the settle bound. */
  readonly settling?: boolean;
}

/** Either a value or the reason why there is none. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function refuse(refusal: Refusal): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal };
}
