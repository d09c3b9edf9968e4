import type { PlacementRequest } from '../../core/placement/placement-request.js';

/** Bodies that work on the demo as they stand. */
export const PLACEMENT: PlacementRequest = { label: 'prod-b', redundancy: 4, capacity: 2 };

export const PLACEMENT_EXAMPLES = {
  byLabel: { summary: 'Four devices on the network prod-b', value: PLACEMENT },
  byPorts: {
    summary: 'Two devices on any of three ports, on one Virtual I/O Server',
    value: {
      ports: [1, 2, 3].map((adapterId) => ({ adapterId, physicalPortId: 1 })),
      redundancy: 2,
      virtualIoServers: [{ name: 'vios2' }],
    } satisfies PlacementRequest,
  },
  openStack: {
    summary: "The same as an OpenStack integration says it: fractions, OpenStack's names",
    value: { physical_network: 'prod-b', vnic_required_vfs: 2, capacity: 0.02 } satisfies PlacementRequest,
  },
};
