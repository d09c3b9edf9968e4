import type { PhysicalPort } from './physical-port.js';

/**
 * How many backing devices a port can still carry, as far as its logical ports go; null where the HMC does not tell. A
 * backing device is an ethernet logical port, so it needs one of the port (`config_logical_ports` of
 * `phys_port_max_logical_ports`) and one of those that ethernet may have there (`curr_eth_logical_ports` of
 * `max_eth_logical_ports`; on a RoCE port the logical ports of RoCE do not count against these). All four stand in
 * every capture (hmc-cli.md §1.5); that the second maximum can be set lower than the first and is then kept to:
 * RECALLED (§1.4).
 */
export function logicalPortsLeft(port: PhysicalPort): number | null {
  const known = [
    left(port.maxLogicalPorts, port.configuredLogicalPorts),
    left(port.maxEthernetLogicalPorts, port.ethernetLogicalPorts),
  ].filter((one) => one !== null);
  return known.length === 0 ? null : Math.min(...known);
}

const left = (most: number | null, used: number | null): number | null =>
  most === null || used === null ? null : Math.max(0, most - used);
