import { migrationEtag } from '../../core/migrations/migration-etag.js';
import type { OperationName, Target } from '../../core/operations/operation.js';
import type { Attributes } from '../../core/hmc-language/attributes.js';
import { partitionFromRecord } from '../../core/resources/partition.js';
import { physicalPortFromRecord } from '../../core/resources/physical-port.js';
import { vnicFromRecord } from '../../core/resources/vnic.js';
import { toProblemDocument } from '../../http/problem-document.js';
import type { MigratedPartitionDto, PartitionSystemDto } from '../../migrations/dto/migrated-partition.dto.js';
import { physicalPortDto, type PhysicalPortDto } from '../../sriov/dto/physical-port.dto.js';
import { ADD, CREATE, LABEL, SET } from '../../vnics/dto/request-examples.js';
import { vnicDto, type VnicDto } from '../../vnics/dto/vnic.dto.js';
import { newJob } from '../../store/job-record.js';
import type { PlanPreview } from '../change.service.js';
import { jobView, type JobView } from '../job-view.js';

/**
 * What each change answers on the demo, called one after the other in this order with the example request: the vNIC of
 * lizard from its creation to its end. test/api/change-examples.test.ts plays them.
 */

/** A backing device as the HMC prints it: without its priority, and without its maximum capacity. */
type Device = readonly [logicalPortId: string, notation: string, failoverPriority: number];

const FIRST: Device = ['2700400b', 'sriov/vios1/1/1/1/2700400b/2.0/2.0', 10];
const FIRST_AT_11: Device = [FIRST[0], FIRST[1], 11];
const SECOND: Device = ['2700c003', 'sriov/vios1/1/3/1/2700c003/2.0/2.0', 20];
const THIRD: Device = ['27008005', 'sriov/vios1/1/2/1/27008005/2.0/2.0', 30];
const FOURTH: Device = ['27010002', 'sriov/vios2/2/4/1/27010002/2.0/2.0', 40];

/** The vNIC in slot 6 of lizard. @param active logical port id */
function vnic(automatic: boolean, active: string, devices: readonly Device[]): VnicDto {
  const client = { name: 'lizard', id: '6', slot: '6', automatic, portVlanId: '3455', macAddress: 'eabe0600000b' };
  return vnicOf(client, active, devices);
}

/** As the HMC prints it. */
interface Client {
  readonly name: string;
  readonly id: string;
  readonly slot: string;
  readonly automatic: boolean;
  readonly portVlanId: string;
  readonly macAddress: string;
}

function vnicOf(client: Client, active: string, devices: readonly Device[]): VnicDto {
  const record: Attributes = {
    lpar_name: client.name,
    lpar_id: client.id,
    slot_num: client.slot,
    desired_mode: 'ded',
    curr_mode: 'ded',
    auto_priority_failover: client.automatic ? '1' : '0',
    port_vlan_id: client.portVlanId,
    pvid_priority: '0',
    allowed_vlan_ids: 'all',
    mac_addr: client.macAddress,
    allowed_os_mac_addrs: 'all',
    backing_devices: devices.map(([, notation, priority]) => `${notation}/${priority}/100.0/100.0`).join(','),
    backing_device_states: devices.map(([id]) => `sriov/${id}/${id === active ? 1 : 0}/Operational`).join(','),
  };
  return vnicDto(vnicFromRecord(record));
}

const CREATED = vnic(true, '2700400b', [FIRST, SECOND]);
const WITH_FOUR = vnic(true, '2700400b', [FIRST, SECOND, THIRD, FOURTH]);
const AT_11 = vnic(true, '2700400b', [FIRST_AT_11, SECOND, THIRD, FOURTH]);
const MOVED = vnic(false, '27008005', [FIRST_AT_11, SECOND, THIRD, FOURTH]);
const WITH_THREE = vnic(true, '2700c003', [SECOND, THIRD, FOURTH]);
const AS_WISHED = vnic(true, '2700c003', [
  [SECOND[0], SECOND[1], 10],
  [FOURTH[0], FOURTH[1], 20],
]);

function port(label: string, subLabel: string): PhysicalPortDto {
  const record: Attributes = {
    adapter_id: '4',
    phys_port_id: '0',
    phys_port_label: label,
    phys_port_sub_label: subLabel,
    phys_port_loc: 'U78CA.001.CSS08EL-P1-C4-C1-T1',
    phys_port_type: 'ethc',
    state: '1',
    config_logical_ports: '0',
    phys_port_max_logical_ports: '20',
    curr_eth_logical_ports: '0',
    max_eth_logical_ports: '20',
    conn_speed: '10000',
  };
  return physicalPortDto({ ...physicalPortFromRecord(record, 'ethc'), capacityGranularity: 2 });
}

/** iguana with its two vNICs, on one of the two frames. @param devices of each, the active one first */
function iguana(
  managedSystem: PartitionSystemDto,
  id: string,
  first: readonly [Device, Device],
  second: readonly [Device, Device],
): MigratedPartitionDto {
  const record: Attributes = {
    name: 'iguana',
    lpar_id: id,
    lpar_env: 'aixlinux',
    state: 'Running',
    os_version: 'Red Hat Enterprise Linux 8.6',
    default_profile: 'default_profile',
    curr_profile: 'default_profile',
    rmc_state: 'active',
    uuid: IGUANA_UUID,
  };
  const client = { name: 'iguana', id, automatic: true };
  const four = { ...client, slot: '4', portVlanId: '0', macAddress: 'eabe06000003' };
  const five = { ...client, slot: '5', portVlanId: '100', macAddress: 'eabe06000004' };
  const partition = partitionFromRecord(record);
  return {
    ...partition,
    managedSystem,
    vnics: [vnicOf(four, first[0][0], first), vnicOf(five, second[0][0], second)],
    etag: managedSystem === SYSTEM ? migrationEtag(partition, SYSTEM, SAURIAN, MAPPINGS) : null,
  };
}

const IGUANA_UUID = '00000003-ABCD-4EF0-8ABC-000000000003';
const SYSTEM = { name: 'reptilian-9119-MME-65BA46F', mtms: '9119-MME*65BA46F' };
const LIZARD = { name: 'lizard', id: 6 };
const VIOS1 = { name: 'vios1', id: 1 };
const LIZARD_UUID = '00000006-ABCD-4EF0-8ABC-000000000006';
const SLOT_6 = { partition: LIZARD, partitionUuid: LIZARD_UUID, slot: 6, macAddress: 'eabe0600000b' };
const FIRST_DEVICE = { logicalPortId: '2700400b', virtualIoServer: VIOS1, adapterId: 1, physicalPortId: 1 };
const THIRD_DEVICE = { logicalPortId: '27008005', virtualIoServer: VIOS1, adapterId: 2, physicalPortId: 1 };

const SAURIAN = { name: 'saurian-9119-MME-659707C', mtms: '9119-MME*659707C' };
const MIGRATION: Target = {
  partition: { name: 'iguana', id: 3 },
  partitionUuid: IGUANA_UUID,
  targetSystem: SAURIAN,
};
const MAPPINGS =
  '4/ded/vios1/1/2/0/2.0/1/0,4/ded/vios2/2/6/0/2.0/3/0,5/ded/vios1/1/1/0/4.0/1/0,5/ded/vios2/2/5/0/4.0/2/0';
const BEFORE = iguana(
  SYSTEM,
  '3',
  [
    ['27004003', 'sriov/vios1/1/1/0/27004003/2.0/2.0', 10],
    ['2700c001', 'sriov/vios2/2/3/0/2700c001/2.0/2.0', 20],
  ],
  [
    ['27004004', 'sriov/vios1/1/1/0/27004004/4.0/4.0', 10],
    ['27008001', 'sriov/vios2/2/2/0/27008001/4.0/4.0', 20],
  ],
);
const MIGRLPAR = `-m '9119-MME*65BA46F' -t '9119-MME*659707C' --id 3 -i 'vnic_mappings="${MAPPINGS}"'`;

interface ChangeExample {
  readonly request: object;
  /** As it is bound when the job is accepted. */
  readonly target: Target;
  /** What the plan adds to it. */
  readonly decided?: Partial<Target>;
  readonly commands: readonly { readonly command: string; readonly movesActive: boolean }[];
  readonly before: VnicDto | PhysicalPortDto | MigratedPartitionDto | null;
  readonly result: VnicDto | PhysicalPortDto | MigratedPartitionDto | null;
}

const VIRTUALIO = "chhwres -r virtualio -m '9119-MME*65BA46F'";

/** In the order in which they can be called. */
export const CHANGE_EXAMPLES: Readonly<Record<OperationName, ChangeExample>> = {
  'vnic.create': {
    request: CREATE,
    target: { partition: LIZARD, partitionUuid: LIZARD_UUID },
    decided: { slot: 6 },
    commands: [
      {
        command: `${VIRTUALIO} -o a --rsubtype vnic --id 6 -s 6 -w 5 -a 'port_vlan_id=3455,auto_priority_failover=1,backing_devices="sriov/vios1//1/1/2.0/10,sriov/vios1//3/1/2.0/20"'`,
        movesActive: false,
      },
    ],
    before: null,
    result: CREATED,
  },
  'backing-device.add': {
    request: ADD,
    target: SLOT_6,
    commands: [
      {
        command: `${VIRTUALIO} -o s --rsubtype vnic --id 6 -s 6 -w 5 -a '"backing_devices+=sriov/vios1//2/1/2.0/30,sriov/vios2//4/1/2.0/40"'`,
        movesActive: false,
      },
    ],
    before: CREATED,
    result: WITH_FOUR,
  },
  'backing-device.set-priority': {
    request: { failoverPriority: 11 },
    target: { ...SLOT_6, backingDevice: FIRST_DEVICE },
    commands: [
      {
        command: `${VIRTUALIO} -o s --rsubtype vnicbkdev -p lizard -s 6 --logport 2700400b -a failover_priority=11`,
        movesActive: false,
      },
    ],
    before: WITH_FOUR,
    result: AT_11,
  },
  'backing-device.activate': {
    request: {},
    target: { ...SLOT_6, backingDevice: THIRD_DEVICE },
    commands: [
      { command: `${VIRTUALIO} -o act --rsubtype vnicbkdev -p lizard -s 6 --logport 27008005`, movesActive: true },
    ],
    before: AT_11,
    result: MOVED,
  },
  'vnic.update': {
    request: { autoPriorityFailover: true },
    target: SLOT_6,
    commands: [
      { command: `${VIRTUALIO} -o s --rsubtype vnic --id 6 -s 6 -w 5 -a auto_priority_failover=1`, movesActive: true },
    ],
    before: MOVED,
    result: AT_11,
  },
  'backing-device.remove': {
    request: {},
    target: { ...SLOT_6, backingDevice: FIRST_DEVICE },
    decided: { restoreAutoPriorityFailover: true },
    commands: [
      { command: `${VIRTUALIO} -o act --rsubtype vnicbkdev -p lizard -s 6 --logport 2700c003`, movesActive: true },
      {
        command: `${VIRTUALIO} -o s --rsubtype vnic --id 6 -s 6 -w 5 -a backing_devices-=sriov/vios1//1/1/2.0/11`,
        movesActive: false,
      },
      { command: `${VIRTUALIO} -o s --rsubtype vnic --id 6 -s 6 -w 5 -a auto_priority_failover=1`, movesActive: false },
    ],
    before: AT_11,
    result: WITH_THREE,
  },
  'vnic.set': {
    request: SET,
    target: SLOT_6,
    decided: { leastOperationalDevices: 1 },
    commands: [
      {
        command: `${VIRTUALIO} -o s --rsubtype vnicbkdev -p lizard -s 6 --logport 2700c003 -a failover_priority=10`,
        movesActive: false,
      },
      {
        command: `${VIRTUALIO} -o s --rsubtype vnicbkdev -p lizard -s 6 --logport 27010002 -a failover_priority=20`,
        movesActive: false,
      },
      {
        command: `${VIRTUALIO} -o s --rsubtype vnic --id 6 -s 6 -w 5 -a backing_devices-=sriov/vios1//2/1/2.0/30`,
        movesActive: false,
      },
    ],
    before: WITH_THREE,
    result: AS_WISHED,
  },
  'vnic.delete': {
    request: {},
    target: SLOT_6,
    commands: [{ command: `${VIRTUALIO} -o r --rsubtype vnic --id 6 -s 6 -w 5`, movesActive: false }],
    before: AS_WISHED,
    result: null,
  },
  'physical-port.set-label': {
    request: LABEL,
    target: { physicalPort: { adapterId: 4, physicalPortId: 0 } },
    commands: [
      {
        command: `chhwres -r sriov -m '9119-MME*65BA46F' --rsubtype physport -o s -a adapter_id=4,phys_port_id=0,phys_port_label=prod-net,phys_port_sub_label=rackA`,
        movesActive: false,
      },
    ],
    before: port('prod-a', ''),
    result: port('prod-net', 'rackA'),
  },
  'partition.validate-migration': {
    request: { targetSystem: SAURIAN.name },
    target: MIGRATION,
    commands: [{ command: `migrlpar -o v ${MIGRLPAR}`, movesActive: false }],
    before: BEFORE,
    result: { ...BEFORE, hmcMessage: '' },
  },
  'partition.migrate': {
    request: { targetSystem: SAURIAN.name },
    target: MIGRATION,
    commands: [{ command: `migrlpar -o m ${MIGRLPAR}`, movesActive: false }],
    before: BEFORE,
    result: iguana(
      SAURIAN,
      '6',
      [
        ['27008003', 'sriov/vios1/1/2/0/27008003/2.0/2.0', 10],
        ['27018001', 'sriov/vios2/2/6/0/27018001/2.0/2.0', 20],
      ],
      [
        ['27004002', 'sriov/vios1/1/1/0/27004002/4.0/4.0', 10],
        ['27014001', 'sriov/vios2/2/5/0/27014001/4.0/4.0', 20],
      ],
    ),
  },
};

/** Right after the call: nothing is read or planned yet. */
export function queuedJobExample(operation: OperationName): JobView {
  const { target, request } = CHANGE_EXAMPLES[operation];
  const asked = { operation, managedSystem: SYSTEM, target, requestedBy: 'demo', request };
  const id = '4f1c1c1e-7d0a-4a55-9c35-0f2f3b6a7a10';
  const stored = { id, state: 'queued', sequence: 42, createdAt: '2026-11-23T09:15:27.104Z' } as const;
  return jobView({ ...newJob(asked), ...stored }, { paused: null, closedUntil: 0, queuedJobIds: [id] });
}

/** In the end. */
export function succeededJobExample(operation: OperationName): JobView {
  const { target, decided, commands, before, result } = CHANGE_EXAMPLES[operation];
  return {
    ...queuedJobExample(operation),
    state: 'succeeded',
    queuePosition: null,
    waitingFor: null,
    target: { ...target, ...decided },
    plan: commands.map(({ command, movesActive }) => ({
      command,
      state: 'succeeded',
      movesActive,
      exitStatus: 0,
      hmcMessage: null,
      startedAt: '2026-11-23T09:15:27.398Z',
      finishedAt: '2026-11-23T09:15:29.011Z',
    })),
    hmc: 'hmc1',
    before,
    result,
    startedAt: '2026-11-23T09:15:27.121Z',
    finishedAt: '2026-11-23T09:15:29.240Z',
  };
}

/** With `?dryRun=true`. */
export function previewExample(operation: OperationName): PlanPreview {
  const { target, decided, commands, before } = CHANGE_EXAMPLES[operation];
  return {
    operation,
    managedSystem: SYSTEM,
    target: { ...target, ...decided },
    hmc: 'hmc1',
    plan: commands,
    warnings: [],
    before,
  };
}

const REFUSED_COMMAND = `${VIRTUALIO} -o a --rsubtype vnic --id 7 -s 5 -w 5 -a backing_devices=sriov/vios1//3/1//`;
const REFUSAL =
  'HSCL2957 There is no RMC connection between the management console and the partition monitor. The dynamic operation was not performed.';
const REFUSAL_ADVICE =
  'Check that the partition runs, and that RMC is active. The profile may have been changed all the same: check whether it now differs from what runs.';

/** The partition lost its RMC connection after the service had looked: the HMC refuses a vNIC for it. */
export const FAILED_JOB_EXAMPLE: JobView = {
  ...succeededJobExample('vnic.create'),
  state: 'failed',
  target: {
    partition: { name: 'monitor', id: 7 },
    partitionUuid: '00000007-ABCD-4EF0-8ABC-000000000007',
    slot: 5,
  },
  request: { backingDevices: [{ virtualIoServer: { name: 'vios1' }, adapterId: 3, physicalPortId: 1 }] },
  plan: [
    {
      command: REFUSED_COMMAND,
      state: 'failed',
      movesActive: false,
      exitStatus: 1,
      hmcMessage: REFUSAL,
      startedAt: '2026-11-23T09:15:27.398Z',
      finishedAt: '2026-11-23T09:15:27.611Z',
    },
  ],
  before: null,
  result: null,
  error: toProblemDocument({
    type: 'hmc-refused',
    detail: `HMC hmc1 refused the command: ${REFUSAL} The HMC has no RMC connection to the partition. ${REFUSAL_ADVICE}`,
    members: {
      hmc: 'hmc1',
      hmcCode: 'HSCL2957',
      wrappedCodes: [],
      hmcMessage: REFUSAL,
      command: REFUSED_COMMAND,
      exitStatus: 1,
      retryable: false,
      profileMayDiffer: true,
      advice: REFUSAL_ADVICE,
      effect: 'none',
    },
  }),
};

const LOST_ANSWER = 'The answer of HMC hmc1 was lost: the connection ended before the command told how it did';
const SUCCEEDED_ACTIVATION = succeededJobExample('backing-device.activate');

/**
 * The connection was lost while the command ran, and until the end of the settle bound nothing was to be seen of it.
 */
export const INDETERMINATE_JOB_EXAMPLE: JobView = {
  ...SUCCEEDED_ACTIVATION,
  state: 'indeterminate',
  plan: SUCCEEDED_ACTIVATION.plan.map((step) => ({ ...step, state: 'unknown', exitStatus: null })),
  result: AT_11,
  error: toProblemDocument({
    type: 'outcome-unknown',
    detail:
      'How the command ended is not known, and the system does not show the wished state. The change may still happen. ' +
      'Look at the target before you ask again.',
    members: {
      hmc: 'hmc1',
      command: SUCCEEDED_ACTIVATION.plan[0]?.command,
      retryable: true,
      reason: LOST_ANSWER,
    },
  }),
  finishedAt: '2026-11-23T09:16:28.530Z',
};
