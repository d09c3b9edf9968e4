import type { Attributes } from './attributes.js';

/** The levels of `lshwres -r sriov --rsubtype physport --level`; a port stands under exactly one (hmc-cli.md §1.5). */
export const PHYSICAL_PORT_LEVELS = ['eth', 'ethc', 'roce'] as const;
export type PhysicalPortLevel = (typeof PHYSICAL_PORT_LEVELS)[number];

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
  /** Percent; smallest capacity and its step. null when this HMC would not tell (then the HMC decides). */
  readonly capacityGranularity: number | null;
  readonly attributes: Attributes;
}
