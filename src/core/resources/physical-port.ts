import { CAPACITY_GRANULARITY, type PhysicalPortLevel } from '../hmc-language/physical-port-level.js';
import { parseRecords, parseTable } from '../hmc-language/records.js';
import type { Attributes } from '../hmc-language/attributes.js';
import { optionalFlag, optionalNumber, requiredInteger, requiredText } from './attribute-values.js';

/** A physical port: `adapterId` + `physicalPortId`, counted from 0. */
export interface PhysicalPort {
  readonly adapterId: number;
  readonly physicalPortId: number;
  /** Empty string when the port has no label. */
  readonly label: string;
  readonly subLabel: string;
  readonly location: string;
  /** `phys_port_type` as printed. */
  readonly type: string;
  readonly level: PhysicalPortLevel;
  /** true = link up; null when unavailable. */
  readonly linkUp: boolean | null;
  /** Mbit/s as printed by `conn_speed` (0 while down); null when unavailable. */
  readonly connectionSpeed: number | null;
  /** `config_logical_ports`. */
  readonly configuredLogicalPorts: number | null;
  /** `phys_port_max_logical_ports`. */
  readonly maxLogicalPorts: number | null;
  /** `curr_eth_logical_ports`: those of ethernet, as the backing devices of vNICs are. */
  readonly ethernetLogicalPorts: number | null;
  /** `max_eth_logical_ports`: how many of ethernet there may be, as it is set on the port. */
  readonly maxEthernetLogicalPorts: number | null;
  /** Percent; smallest capacity and its step. null when this HMC would not tell (then the HMC decides). */
  readonly capacityGranularity: number | null;
  readonly attributes: Attributes;
}

/** The capacity granularity of one port: a row of `-F adapter_id,phys_port_id,min_eth_capacity_granularity --header`. */
export interface PhysicalPortGranularity {
  readonly adapterId: number;
  readonly physicalPortId: number;
  /** Percent. null when the HMC prints a non-value. */
  readonly capacityGranularity: number | null;
}

/**
 * `capacityGranularity` is null unless this HMC prints it in the listing: mergePhysicalPorts brings it in.
 * @throws {HmcOutputError} for a record without the ids, the location or the type
 */
export function physicalPortFromRecord(record: Attributes, level: PhysicalPortLevel): PhysicalPort {
  return {
    adapterId: requiredInteger(record, 'adapter_id'),
    physicalPortId: requiredInteger(record, 'phys_port_id'),
    label: labelText(record, 'phys_port_label'),
    subLabel: labelText(record, 'phys_port_sub_label'),
    location: requiredText(record, 'phys_port_loc'),
    type: requiredText(record, 'phys_port_type'),
    level,
    linkUp: optionalFlag(record, 'state'),
    connectionSpeed: optionalNumber(record, 'conn_speed'),
    configuredLogicalPorts: optionalNumber(record, 'config_logical_ports'),
    maxLogicalPorts: optionalNumber(record, 'phys_port_max_logical_ports'),
    ethernetLogicalPorts: optionalNumber(record, 'curr_eth_logical_ports'),
    maxEthernetLogicalPorts: optionalNumber(record, 'max_eth_logical_ports'),
    capacityGranularity: optionalNumber(record, CAPACITY_GRANULARITY),
    attributes: record,
  };
}

/** A label as people gave it. `null` and `unavailable` are taken for no label: INFERRED, seen for other attributes. */
function labelText(record: Attributes, name: string): string {
  const value = record[name] ?? '';
  return value === 'null' || value === 'unavailable' ? '' : value;
}

/** The listing of `lshwres -r sriov --rsubtype physport --level …`. @throws {HmcOutputError} */
export function parsePhysicalPorts(text: string, level: PhysicalPortLevel): PhysicalPort[] {
  return parseRecords(text).map((record) => physicalPortFromRecord(record, level));
}

/** What listPhysicalPortGranularity prints. @throws {HmcOutputError} */
export function parsePhysicalPortGranularity(text: string): PhysicalPortGranularity[] {
  return parseTable(text).map((record) => ({
    adapterId: requiredInteger(record, 'adapter_id'),
    physicalPortId: requiredInteger(record, 'phys_port_id'),
    capacityGranularity: optionalNumber(record, CAPACITY_GRANULARITY),
  }));
}

/**
 * The ports of all levels in one list, ordered by adapter and port, with the granularity known for each. A port stands
 * under one level only; should an HMC list one twice, the level that its type names is kept, else the first.
 */
export function mergePhysicalPorts(
  ports: readonly PhysicalPort[],
  granularities: readonly PhysicalPortGranularity[] = [],
): PhysicalPort[] {
  const key = (port: { adapterId: number; physicalPortId: number }): string =>
    `${port.adapterId}/${port.physicalPortId}`;
  const granularityOf = new Map(granularities.map((row) => [key(row), row.capacityGranularity]));
  const merged = new Map<string, PhysicalPort>();
  for (const port of ports) {
    if (!merged.has(key(port)) || port.level === port.type) {
      merged.set(key(port), port);
    }
  }
  return [...merged.values()]
    .map((port) => ({ ...port, capacityGranularity: port.capacityGranularity ?? granularityOf.get(key(port)) ?? null }))
    .sort((a, b) => a.adapterId - b.adapterId || a.physicalPortId - b.physicalPortId);
}
