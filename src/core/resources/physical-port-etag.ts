import { configurationEtag } from './configuration-etag.js';
import type { PhysicalPort } from './physical-port.js';

/**
 * Of a physical port: its labels and what it is. Not its link, nor how many logical ports are on it just now or how many
 * ethernet is let have, which no change of a label touches; nor the capacity granularity, a fact of the card that is
 * read by a command of its own and may be missing once.
 */
export function physicalPortEtag(port: PhysicalPort): string {
  return configurationEtag([
    [port.adapterId, port.physicalPortId, port.label, port.subLabel],
    [port.location, port.type, port.maxLogicalPorts],
  ]);
}
