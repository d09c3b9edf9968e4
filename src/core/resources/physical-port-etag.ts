import { configurationEtag } from './configuration-etag.js';
import type { PhysicalPort } from './physical-port.js';

/** Of a physical port: its labels and what it is; not its link, nor how many logical ports are on it just now. */
export function physicalPortEtag(port: PhysicalPort): string {
  return configurationEtag([
    [port.adapterId, port.physicalPortId, port.label, port.subLabel],
    [port.location, port.type, port.maxLogicalPorts, port.capacityGranularity],
  ]);
}
