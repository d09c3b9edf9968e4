/** An RFC 9457 problem document as it stands in a reply or in a job's `error`. */
export interface ProblemDocument {
  /** `urn:hmc-vnic-gateway:problem:` + a slug of core/problem-type.ts. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly [member: string]: unknown;
}
