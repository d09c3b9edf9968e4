import { PLACEMENT } from '../../placements/dto/placement-examples.js';
import type {
  BackingDeviceAddRequest,
  PhysicalPortSetLabelRequest,
  VnicCreateRequest,
  VnicSetRequest,
} from '../../core/operations/requests.js';

/** Bodies that work on the demo as they stand: the day of an engineer who makes a vNIC with failover for `lizard`. */

export const CREATE: VnicCreateRequest = {
  portVlanId: 3455,
  autoPriorityFailover: true,
  backingDevices: [
    { virtualIoServer: { name: 'vios1' }, adapterId: 1, physicalPortId: 1, capacity: 2, failoverPriority: 10 },
    { virtualIoServer: { name: 'vios1' }, adapterId: 3, physicalPortId: 1, capacity: 2, failoverPriority: 20 },
  ],
};

export const ADD: BackingDeviceAddRequest = {
  backingDevices: [
    { virtualIoServer: { name: 'vios1' }, adapterId: 2, physicalPortId: 1, capacity: 2, failoverPriority: 30 },
    { virtualIoServer: { name: 'vios2' }, adapterId: 4, physicalPortId: 1, capacity: 2, failoverPriority: 40 },
  ],
};

export const SET: VnicSetRequest = {
  autoPriorityFailover: true,
  backingDevices: [
    { virtualIoServer: { name: 'vios1' }, adapterId: 3, physicalPortId: 1, capacity: 2, failoverPriority: 10 },
    { virtualIoServer: { name: 'vios2' }, adapterId: 4, physicalPortId: 1, capacity: 2, failoverPriority: 20 },
  ],
};

export const LABEL: PhysicalPortSetLabelRequest = { label: 'prod-net', subLabel: 'rackA', force: false };

export const CREATE_EXAMPLES = {
  twoDevices: { summary: 'VLAN 3455, two backing devices, automatic failover', value: CREATE },
  placed: {
    summary: 'Four devices on the network prod-b, chosen by the service',
    value: { portVlanId: 3455, autoPriorityFailover: true, placement: PLACEMENT } satisfies VnicCreateRequest,
  },
};

export const ADD_EXAMPLES = {
  twoMore: { summary: 'Two more, on two Virtual I/O Servers', value: ADD },
};

export const SET_EXAMPLES = {
  twoDevices: { summary: 'Two devices, one on each Virtual I/O Server', value: SET },
};
