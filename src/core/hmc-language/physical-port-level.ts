/** The levels of `lshwres -r sriov --rsubtype physport --level`; a port stands under exactly one (hmc-cli.md §1.5). */
export const PHYSICAL_PORT_LEVELS = ['eth', 'ethc', 'roce'] as const;
export type PhysicalPortLevel = (typeof PHYSICAL_PORT_LEVELS)[number];

/** `min_roce_capacity_granularity` is INFERRED for level roce, the other is LIVE (hmc-cli.md §1.5). */
export function granularityAttribute(level: PhysicalPortLevel): string {
  return level === 'roce' ? 'min_roce_capacity_granularity' : 'min_eth_capacity_granularity';
}
