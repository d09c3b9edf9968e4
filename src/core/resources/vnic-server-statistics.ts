import { HmcOutputError } from '../hmc-language/hmc-output-error.js';
import { ioscliOutput } from '../hmc-language/virtual-io-server-reads.js';
import type { Attributes } from '../hmc-language/attributes.js';
import { optionalNumber, optionalText } from './attribute-values.js';

/**
 * What `vnicstat` says of one vNIC server (LIVE vnicstat-short-seed.txt). Each value is null where it is not printed.
 */
export interface VnicServerStatistics {
  /** `active`; `config_2` = ready, not in use (BLOG). */
  readonly state: string | null;
  readonly backingDevice: string | null;
  /** `active`, `inactive`. */
  readonly failoverState: string | null;
  /** `operational`. */
  readonly failoverReadiness: string | null;
  readonly failoverPriority: number | null;
  readonly clientPartitionId: number | null;
  readonly clientName: string | null;
  readonly clientOs: string | null;
  readonly clientDevice: string | null;
  readonly clientLocation: string | null;
  /** Every line `label: value`, the first of each label. */
  readonly attributes: Attributes;
}

/** @throws {HmcOutputError} for an output without a single line `label: value` */
export function parseVnicServerStatistics(text: string): VnicServerStatistics {
  const attributes = new Map<string, string>();
  for (const line of ioscliOutput(text).split('\n')) {
    const [, label, value] = /^\s*([^:]+):\s+(.*\S)\s*$/.exec(line) ?? [];
    if (label !== undefined && value !== undefined && !attributes.has(label)) attributes.set(label, value);
  }
  if (attributes.size === 0) throw new HmcOutputError('vnicstat printed no statistics', text);
  const record = Object.fromEntries(attributes);
  return {
    state: optionalText(record, 'State'),
    backingDevice: optionalText(record, 'Backing Device Name'),
    failoverState: optionalText(record, 'Failover State'),
    failoverReadiness: optionalText(record, 'Failover Readiness'),
    failoverPriority: optionalNumber(record, 'Failover Priority'),
    clientPartitionId: optionalNumber(record, 'Client Partition ID'),
    clientName: optionalText(record, 'Client Partition Name'),
    clientOs: optionalText(record, 'Client Operating System'),
    clientDevice: optionalText(record, 'Client Device Name'),
    clientLocation: optionalText(record, 'Client Device Location Code'),
    attributes: record,
  };
}
