import {
  LOGICAL_PORT_LEVELS,
  listLogicalPorts,
  listPartitions,
  listPhysicalPortGranularity,
  listPhysicalPorts,
  listSriovAdapters,
  listVirtualSlots,
  listVnics,
} from '../core/hmc-language/reads.js';
import { parseLogicalPorts, type LogicalPort } from '../core/resources/logical-port.js';
import { parsePartitions } from '../core/resources/partition.js';
import {
  mergePhysicalPorts,
  parsePhysicalPortGranularity,
  parsePhysicalPorts,
  type PhysicalPort,
  type PhysicalPortGranularity,
} from '../core/resources/physical-port.js';
import { PHYSICAL_PORT_LEVELS, type PhysicalPortLevel } from '../core/hmc-language/physical-port-level.js';
import type { SnapshotPart, SnapshotParts } from '../core/resources/snapshot.js';
import { parseSriovAdapters } from '../core/resources/sriov-adapter.js';
import { parseVirtualSlots } from '../core/resources/virtual-slots.js';
import { parseVnics } from '../core/resources/vnic.js';
import { ProblemError } from '../http/problem-error.js';
import type { SystemReading } from './system-reading.js';

/** Reads one part of a snapshot: which commands it takes, and what they yield together. */
export function readPart(reading: SystemReading, part: SnapshotPart): Promise<SnapshotParts[SnapshotPart]> {
  const { mtms } = reading;
  switch (part) {
    case 'partitions':
      return reading.read(listPartitions(mtms), parsePartitions);
    case 'adapters':
      return reading.read(listSriovAdapters(mtms), parseSriovAdapters);
    case 'physicalPorts':
      return readPhysicalPorts(reading);
    case 'logicalPorts':
      return readLogicalPorts(reading);
    case 'vnics':
      return reading.read(listVnics(mtms), parseVnics);
    case 'virtualSlots':
      return reading.read(listVirtualSlots(mtms), parseVirtualSlots);
  }
}

interface PortsOfLevel {
  readonly ports: readonly PhysicalPort[];
  readonly granularities: readonly PhysicalPortGranularity[];
}

/** A port stands under one level only: all levels are asked and merged (hmc-cli.md §1.5). */
async function readPhysicalPorts(reading: SystemReading): Promise<PhysicalPort[]> {
  const levels = await Promise.all(PHYSICAL_PORT_LEVELS.map((level) => readPortsOfLevel(reading, level)));
  return mergePhysicalPorts(
    levels.flatMap((level) => level.ports),
    levels.flatMap((level) => level.granularities),
  );
}

async function readPortsOfLevel(reading: SystemReading, level: PhysicalPortLevel): Promise<PortsOfLevel> {
  const listing = reading.read(listPhysicalPorts(reading.mtms, level), (text) => parsePhysicalPorts(text, level));
  const ports = level === 'roce' ? await unlessLevelUnknown(listing) : await listing;
  if (ports.length === 0) return { ports, granularities: [] };
  return { ports, granularities: await readGranularity(reading, level) };
}

/** An HMC that does not know the attribute refuses it: then the granularity is not known, and nothing is wrong. */
async function readGranularity(reading: SystemReading, level: PhysicalPortLevel): Promise<PhysicalPortGranularity[]> {
  try {
    return await reading.read(listPhysicalPortGranularity(reading.mtms, level), parsePhysicalPortGranularity);
  } catch (error) {
    if (error instanceof ProblemError && (error.type === 'hmc-refused' || error.type === 'hmc-output-not-understood')) {
      return [];
    }
    throw error;
  }
}

/** Without a level the HMC lists the unconfigured ports, with one the configured (hmc-cli.md §1.5). */
async function readLogicalPorts(reading: SystemReading): Promise<LogicalPort[]> {
  const listings = await Promise.all([
    reading.read(listLogicalPorts(reading.mtms, 'unconfigured'), parseLogicalPorts),
    ...LOGICAL_PORT_LEVELS.map((level) => {
      const listing = reading.read(listLogicalPorts(reading.mtms, level), parseLogicalPorts);
      return level === 'roce' ? unlessLevelUnknown(listing) : listing;
    }),
  ]);
  const byId = new Map<string, LogicalPort>();
  for (const port of listings.flat()) {
    // Read by several commands: a port that is configured in between shows up twice. What says more is kept.
    if (!byId.has(port.logicalPortId) || port.configured) byId.set(port.logicalPortId, port);
  }
  return [...byId.values()].sort((a, b) => (a.logicalPortId < b.logicalPortId ? -1 : 1));
}

/**
 * What an HMC says that does not know the level: words without a code which name the parameter, as the capture of
 * another one does (`… a parameter value is invalid. The parameters that are … invalid … are -m`, hmc-cli.md §4), in
 * every language. That it says so of a level is INFERRED.
 */
const UNKNOWN_LEVEL = /--level\b|\broce\b/i;

/**
 * RoCE is the youngest level: for an HMC that does not know it there is nothing at this level. Every other refusal
 * stands, with a code (busy, no authority, no connection) or without one: ports that are there would be missing.
 */
async function unlessLevelUnknown<T>(listing: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await listing;
  } catch (error) {
    if (!(error instanceof ProblemError) || error.type !== 'hmc-refused') throw error;
    const { hmcCode, hmcMessage } = error.members;
    if (hmcCode === null && typeof hmcMessage === 'string' && UNKNOWN_LEVEL.test(hmcMessage)) return [];
    throw error;
  }
}
