import type { PhysicalPort } from '../resources/physical-port.js';
import type { PartitionRef } from '../hmc-language/partition-ref.js';

/**
 * What a vNIC survives. Each device depends on parts that can fail as a whole; a failure is fatal when every device
 * depends on a part that has failed.
 */

export const PART_KINDS = ['virtual-io-server', 'enclosure', 'adapter', 'physical-port', 'sub-label'] as const;
export type PartKind = (typeof PART_KINDS)[number];

/** One part that can fail: a Virtual I/O Server, an enclosure, an adapter, a port, or what a sub-label stands for. */
export interface Part {
  readonly kind: PartKind;
  /** `vios1`, `U78CA.001.CSS08ZN`, `1`, `1/0`, `rackA`. */
  readonly name: string;
}

/** A device as far as failures go. */
export interface Dependent {
  /** Each part once, as an index into the list of all parts. */
  readonly parts: readonly number[];
}

/**
 * The enclosure of a location code: what stands before the first dash, `U78CA.001.CSS08ZN` of
 * `U78CA.001.CSS08ZN-P1-C3-C1-T2` (hmc-cli.md "Physical locations").
 */
export function enclosureOf(locationCode: string): string {
  return locationCode.split('-')[0] ?? locationCode;
}

/**
 * The parts that a device on this port and server depends on. An empty sub-label says nothing. That a sub-label stands
 * for something that fails as one, such as a switch, is how it is used, not what the HMC knows.
 */
export function partsOf(server: PartitionRef, port: PhysicalPort): readonly Part[] {
  const parts: Part[] = [
    { kind: 'virtual-io-server', name: server.name },
    { kind: 'enclosure', name: enclosureOf(port.location) },
    { kind: 'adapter', name: String(port.adapterId) },
    { kind: 'physical-port', name: `${port.adapterId}/${port.physicalPortId}` },
  ];
  return port.subLabel === '' ? parts : [...parts, { kind: 'sub-label', name: port.subLabel }];
}

interface FatalCount {
  /** Parts whose failure alone takes every device. */
  readonly singles: number;
  /** Pairs of parts whose failure together takes every device, those with a fatal part in them included. */
  readonly doubles: number;
}

/** How many failures are fatal, of all single and double failures among `partCount` parts. At most 30 devices. */
export function countFatal(devices: readonly Dependent[], partCount: number): FatalCount {
  const all = 2 ** devices.length - 1;
  const hit = devicesHit(devices, partCount);
  const used = hit.filter((mask) => mask !== 0);
  let singles = 0;
  let doubles = 0;
  for (const [i, mask] of used.entries()) {
    singles += mask === all ? 1 : 0;
    for (let j = i + 1; j < used.length; j += 1) {
      doubles += (mask | (used[j] ?? 0)) === all ? 1 : 0;
    }
  }
  return { singles, doubles: doubles + singles * (partCount - used.length) };
}

export interface Survival {
  readonly singleFailures: { readonly possible: number; readonly survived: number; readonly fatal: readonly Part[] };
  readonly doubleFailures: {
    readonly possible: number;
    readonly survived: number;
    /** Pairs of which neither part alone is fatal. */
    readonly fatal: readonly (readonly [Part, Part])[];
  };
}

/** What the devices survive of all single and double failures among the parts. */
export function survivalOf(devices: readonly Dependent[], parts: readonly Part[]): Survival {
  const { singles, doubles } = countFatal(devices, parts.length);
  const all = 2 ** devices.length - 1;
  const hit = devicesHit(devices, parts.length);
  const pairs = (parts.length * (parts.length - 1)) / 2;
  const fatalPairs: (readonly [Part, Part])[] = [];
  for (const [i, part] of parts.entries()) {
    for (let j = i + 1; j < parts.length; j += 1) {
      const [one = 0, other = 0, second] = [hit[i], hit[j], parts[j]];
      if (second !== undefined && one !== all && other !== all && (one | other) === all) {
        fatalPairs.push([part, second]);
      }
    }
  }
  return {
    singleFailures: {
      possible: parts.length,
      survived: parts.length - singles,
      fatal: parts.filter((_part, i) => hit[i] === all),
    },
    doubleFailures: { possible: pairs, survived: pairs - doubles, fatal: fatalPairs },
  };
}

/** For each part the devices that depend on it, as bits. */
function devicesHit(devices: readonly Dependent[], partCount: number): number[] {
  const hit = new Array<number>(partCount).fill(0);
  for (const [bit, { parts }] of devices.entries()) {
    for (const part of parts) {
      hit[part] = (hit[part] ?? 0) | (1 << bit);
    }
  }
  return hit;
}
