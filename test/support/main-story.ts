import { expect } from 'vitest';
import type { Replicas } from './replicas.js';
import type { JobBody } from './whole-service.js';

const VNICS = '/v1/managed-systems/reptilian-9119-MME-65BA46F/partitions/lizard/vnics';

const device = (vios: string, adapterId: number, failoverPriority: number): object => ({
  virtualIoServer: { name: vios },
  adapterId,
  physicalPortId: 1,
  capacity: 2,
  failoverPriority,
});

/** The main story as steps over HTTP: create, add, priority, activate, automatic failover on, delete. */
export const MAIN_STORY: readonly {
  readonly name: string;
  readonly run: (replicas: Replicas) => Promise<JobBody>;
}[] = [
  {
    name: 'create',
    run: (service) =>
      service.change('post', VNICS, {
        portVlanId: 3455,
        autoPriorityFailover: true,
        backingDevices: [device('vios1', 1, 10), device('vios1', 3, 20)],
      }),
  },
  {
    name: 'add',
    run: (service) =>
      service.change('post', `${VNICS}/6/backing-devices`, {
        backingDevices: [device('vios1', 2, 30), device('vios2', 4, 40)],
      }),
  },
  {
    name: 'priority',
    run: (service) => service.change('patch', `${VNICS}/6/backing-devices/2700400b`, { failoverPriority: 11 }),
  },
  { name: 'activate', run: (service) => service.change('post', `${VNICS}/6/backing-devices/27008005/activate`) },
  { name: 'auto on', run: (service) => service.change('patch', `${VNICS}/6`, { autoPriorityFailover: true }) },
  { name: 'delete', run: (service) => service.change('delete', `${VNICS}/6`) },
];

/** What must be true of the changing commands that reached the HMCs: one for each step, in the order of the story. */
export function expectEachStepOnce(lines: readonly string[]): void {
  const signs = ['-o a ', 'backing_devices+=', 'failover_priority=11', '-o act', 'auto_priority_failover=1', '-o r '];
  expect(lines).toHaveLength(signs.length);
  for (const [i, sign] of signs.entries()) expect(lines[i]).toContain(sign);
}
