/** What keeps a partition, or one of its backing devices, from moving; the codes are part of the contract. */
export const CONFLICT_CODES = [
  // of the partition and of the target system
  'partition-is-virtual-io-server',
  'partition-state',
  'rmc-not-active',
  'sriov-logical-port',
  'target-not-operating',
  'hmc-level-too-old',
  'partition-on-target',
  'partition-name-taken',
  'not-representable',
  // of a backing device
  'source-port-unknown',
  'port-without-label',
  'label-not-on-target',
  'adapter-not-running',
  'port-link-down',
  'capacity-granularity',
  'port-full',
  'ports-taken',
  'mapping-not-found',
  'no-virtual-io-server',
] as const;
export type ConflictCode = (typeof CONFLICT_CODES)[number];

/** What does not keep it from moving, and is worth a look. */
export const WARNING_CODES = [
  'label-ambiguous',
  'sub-label-differs',
  'max-capacity-not-kept',
  'virtual-io-servers-joined',
  'virtual-io-server-unavailable',
  'rmc-not-active',
  'rmc-not-known',
  'hmc-level-unknown',
  'other-hmc',
] as const;
export type WarningCode = (typeof WARNING_CODES)[number];

/** A conflict or a warning. */
export interface Finding<C extends string> {
  readonly code: C;
  /** One or two sentences: what is wrong, and what to do about it. */
  readonly detail: string;
  /** The port of the target system that it is about. */
  readonly adapterId?: number;
  readonly physicalPortId?: number;
}
export type Conflict = Finding<ConflictCode>;
export type Warning = Finding<WarningCode>;
