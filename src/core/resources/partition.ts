import type { Attributes } from './attributes.js';

/** A partition, client or Virtual I/O Server: a record of `lssyscfg -r lpar` (hmc-cli.md §1.8). */
export interface Partition {
  readonly id: number;
  readonly name: string;
  /** `lpar_env`: `aixlinux`, `vioserver`, `os400`, or what else the HMC prints. */
  readonly environment: string;
  /** `Running`, `Not Activated`, `Open Firmware` …; null when unavailable. */
  readonly state: string | null;
  /** `active`, `inactive`, `none`, `unknown`, `busy`; null when unavailable. */
  readonly rmcState: string | null;
  /** As printed, e.g. `AIX 7.2 7200-01-01-1642`; localised "Unknown" texts are kept as printed. Null when unavailable. */
  readonly osVersion: string | null;
  readonly uuid: string | null;
  readonly currentProfile: string | null;
  readonly defaultProfile: string | null;
  readonly attributes: Attributes;
}
