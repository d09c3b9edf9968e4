/** The levels of `lshwres -r sriov --rsubtype physport --level`; a port stands under exactly one (hmc-cli.md §1.5). */
export const PHYSICAL_PORT_LEVELS = ['eth', 'ethc', 'roce'] as const;
export type PhysicalPortLevel = (typeof PHYSICAL_PORT_LEVELS)[number];

/**
 * What the capacity of a backing device is a multiple of. It is that of ethernet at level roce too: the granularity is
 * one "of the specified protocol" (HSCL1294, hmc-cli.md §4), and a vNIC is ethernet. LIVE at level ethc (§1.5), INFERRED
 * at the others; an HMC that does not know it there refuses it, and decides by itself.
 */
export const CAPACITY_GRANULARITY = 'min_eth_capacity_granularity';
