/**
 * Every kind of problem the service can answer with (RFC 9457 `type`), in one table: the slug is stable and part of
 * the contract, the status is the one the slug is answered with over HTTP, `title` never changes for a slug.
 */
export const PROBLEM_TYPES = {
  // 4xx: what the caller can mend
  'invalid-request': { status: 400, title: 'The request is not valid' },
  'malformed-json': { status: 400, title: 'The body is not valid JSON' },
  unauthorized: { status: 401, title: 'An API key is needed' },
  forbidden: { status: 403, title: 'The role of this API key does not allow this' },
  'not-found': { status: 404, title: 'Not found' },
  'target-not-found': { status: 404, title: 'The target does not exist' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'not-acceptable': { status: 406, title: 'Not acceptable' },
  'request-timeout': { status: 408, title: 'The request did not arrive in time' },
  'ambiguous-name': { status: 409, title: 'The name stands for more than one' },
  'slot-taken': { status: 409, title: 'The slot is taken' },
  'port-in-use': { status: 409, title: 'The vNIC already has a backing device on this physical port' },
  'port-full': { status: 409, title: 'The physical port has no room' },
  'too-many-backing-devices': { status: 409, title: 'A vNIC has at most six backing devices' },
  'last-backing-device': { status: 409, title: 'The last backing device cannot be removed' },
  'no-operational-backing-device': { status: 409, title: 'No other backing device is operational' },
  'backing-device-not-operational': { status: 409, title: 'The backing device is not operational' },
  'not-lowest-priority': { status: 409, title: 'The hypervisor would move away from this device again' },
  'partition-state': { status: 409, title: 'The partition is in a state that does not allow this' },
  'system-not-connected': { status: 409, title: 'The managed system is not operating or not connected' },
  'network-disruption': { status: 409, title: 'The change would disrupt the network' },
  'not-changeable': { status: 409, title: 'This property of a vNIC cannot be changed' },
  'no-placement': { status: 409, title: 'The backing devices cannot be placed' },
  'port-carries-vnics': { status: 409, title: 'The physical port carries vNICs' },
  'job-not-cancelable': { status: 409, title: 'The job can no longer be canceled' },
  'job-not-indeterminate': { status: 409, title: 'Only an indeterminate job can be reconciled' },
  'precondition-failed': { status: 412, title: 'The target has changed since it was read' },
  'payload-too-large': { status: 413, title: 'The body is too large' },
  'uri-too-long': { status: 414, title: 'The path is too long' },
  'unsupported-media-type': { status: 415, title: 'The body has a media type that is not supported' },
  'unknown-reference': { status: 422, title: 'The body names something that does not exist' },
  'rule-violation': { status: 422, title: 'The request breaks a rule of SR-IOV vNICs' },
  'not-representable': { status: 422, title: 'The HMC command line cannot carry this value' },
  'idempotency-key-reused': { status: 422, title: 'The Idempotency-Key was used for another request' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'headers-too-large': { status: 431, title: 'The headers are too large' },
  // 5xx: ours, the HMC's, or Redis's
  'internal-error': { status: 500, title: 'The service failed' },
  'hmc-authentication-failed': { status: 502, title: 'The HMC refused our login' },
  'hmc-host-key-refused': { status: 502, title: 'The HMC showed a host key that is not pinned' },
  'hmc-refused': { status: 502, title: 'The HMC refused the command' },
  'hmc-output-not-understood': { status: 502, title: 'The HMC printed something that could not be understood' },
  'hmc-unavailable': { status: 503, title: 'No HMC that manages this system can be reached' },
  'store-unavailable': { status: 503, title: 'Redis cannot be reached' },
  'hmc-timeout': { status: 504, title: 'The HMC did not answer in time' },
  // only ever the error of a job
  'target-replaced': { status: 409, title: 'Another occupant has taken the place of the target' },
  'target-gone': { status: 409, title: 'The target is gone' },
  'worker-lost': { status: 500, title: 'The workers that ran this job were lost before anything was sent' },
  'outcome-unknown': { status: 500, title: 'Whether the change was made is not known' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemType = keyof typeof PROBLEM_TYPES;
