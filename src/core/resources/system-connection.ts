import { parseRecords } from '../hmc-language/records.js';
import { optionalText, requiredText } from './attribute-values.js';
import type { Attributes } from './attributes.js';

/** How one HMC is connected to a system or frame: a record of `lssysconn -r all` (hmc-cli.md §1.9). */
export interface SystemConnection {
  /** `sys` or `frame`. */
  readonly resourceType: string;
  /** null until the other side has told its type, model and serial number. */
  readonly mtms: string | null;
  readonly ipAddress: string | null;
  /** `Connected`, `No Connection`, `Failed Authentication` … as printed. */
  readonly state: string | null;
  /** `Connecting  0000-0000-00000000`; null when connected. */
  readonly errorCode: string | null;
  readonly attributes: Attributes;
}

/** @throws {HmcOutputError} for a record without its resource type */
export function systemConnectionFromRecord(record: Attributes): SystemConnection {
  return {
    resourceType: requiredText(record, 'resource_type'),
    mtms: optionalText(record, 'type_model_serial_num'),
    ipAddress: optionalText(record, 'ipaddr'),
    state: optionalText(record, 'state'),
    errorCode: optionalText(record, 'connection_error_code'),
    attributes: record,
  };
}

/** The listing of `lssysconn -r all`. @throws {HmcOutputError} */
export function parseSystemConnections(text: string): SystemConnection[] {
  return parseRecords(text).map(systemConnectionFromRecord);
}
