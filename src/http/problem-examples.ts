import type { ProblemType } from '../core/problem-type.js';
import type { Refusal } from '../core/refusal.js';

type ProblemExample = Omit<Refusal, 'type'>;

const READ_VNICS = "lshwres -r virtualio --rsubtype vnic --level lpar -m '9119-MME*65BA46F'";

/** For each type of problem one that can really happen; shown in the OpenAPI document. */
export const PROBLEM_EXAMPLES: Readonly<Record<ProblemType, ProblemExample>> = {
  'invalid-request': {
    detail: 'parameter slot: must be a whole number of 1 to 5 digits.',
    members: { errors: [{ parameter: 'slot', detail: 'must be a whole number of 1 to 5 digits.' }] },
  },
  'malformed-json': { detail: 'The body is not valid JSON.' },
  unauthorized: { detail: 'Send an API key: Authorization: Bearer KEY.' },
  forbidden: { detail: 'This needs the role operator; the key has the role viewer.' },
  'not-found': {
    detail:
      'There is no job 4f1c1c1e-7d0a-4a55-9c35-0f2f3b6a7a10. Finished jobs are kept for the time that JOB_RETENTION_DAYS says.',
  },
  'target-not-found': {
    detail: 'Partition "lizzard" does not exist on reptilian-9119-MME-65BA46F (9119-MME*65BA46F).',
  },
  'method-not-allowed': { detail: 'This path does not take PUT.' },
  'not-acceptable': { detail: 'This path answers application/json only.' },
  'ambiguous-name': {
    detail: '2 managed systems are named "reptilian". Use the MTMS instead.',
    members: { candidates: ['9119-MME*65BA46F', '9119-MME*659707C'] },
  },
  'slot-taken': { detail: 'Slot 6 of lizard holds a different vNIC. Choose another slot, or none.', pointer: '/slot' },
  'port-in-use': {
    detail: 'The vNIC already has a backing device on adapter 1 port 1.',
    pointer: '/backingDevices/0',
  },
  'port-full': { detail: 'Adapter 1 port 1 has 1 % left, 2 % are asked for.', pointer: '/backingDevices/0/capacity' },
  'too-many-backing-devices': { detail: 'The vNIC has 4 backing devices; with 3 more it would have 7.' },
  'last-backing-device': { detail: 'Device 2700400b is the only one of the vNIC. Delete the vNIC instead.' },
  'no-operational-backing-device': { detail: 'No other backing device is operational: nothing can take over.' },
  'backing-device-not-operational': { detail: 'Device 27008005 is Link Down: it cannot carry the traffic.' },
  'not-lowest-priority': {
    detail:
      'With automatic failover on the hypervisor would move back to 2700400b, which has the lowest number. Change the priority instead.',
  },
  'partition-state': { detail: 'Partition lizard is in Open Firmware: boot it or shut it off first.' },
  'system-not-connected': {
    detail:
      "HMC hmc1 sees 8286-42A*218CA0V in the state No Connection, and refused the command: HSCL0238 This operation is only allowed when the managed system is in the Operating state. Bring the system to the state Operating, or mend the HMC's connection to it.",
    members: {
      hmc: 'hmc1',
      state: 'No Connection',
      hmcCode: 'HSCL0238',
      wrappedCodes: [],
      hmcMessage: 'HSCL0238 This operation is only allowed when the managed system is in the Operating state.',
      command: "lshwres -r virtualio --rsubtype vnic --level lpar -m '8286-42A*218CA0V'",
      exitStatus: 1,
      retryable: false,
      profileMayDiffer: false,
      advice: 'Bring the managed system to the Operating state, then try again.',
    },
  },
  'network-disruption': {
    detail:
      "The step chhwres -r virtualio -m '9119-MME*65BA46F' -o s --rsubtype vnic --id 9 -s 5 -w 5 -a backing_devices-=sriov/vios2//2/0/2.0/20 " +
      'would leave 1 operational device of the vNIC; 2 must stay. Go there in smaller steps, add a device first, or allow it with allowNetworkDisruption: true.',
    members: {
      step: "chhwres -r virtualio -m '9119-MME*65BA46F' -o s --rsubtype vnic --id 9 -s 5 -w 5 -a backing_devices-=sriov/vios2//2/0/2.0/20",
      operationalDevices: 1,
      leastOperationalDevices: 2,
    },
  },
  'not-changeable': {
    detail:
      'The vNIC in slot 6 of lizard has another portVlanId, and no command is known that changes it on a vNIC that exists. Leave portVlanId out, or delete the vNIC and create it again.',
    pointer: '/portVlanId',
  },
  'no-placement': {
    detail: '4 backing devices are asked for, 3 can be placed. On 1 of 4 ports with the label "mgmt" the link is down.',
    members: {
      possible: 3,
      excludedPorts: [{ adapterId: 2, physicalPortId: 2, code: 'port-link-down', reason: 'Its link is down.' }],
      excludedVirtualIoServers: [],
    },
  },
  'migration-not-possible': {
    detail:
      'iguana cannot move to saurian-9119-MME-659707C now. No port of saurian-9119-MME-659707C has the label "prod-a". Label one there.',
    members: {
      conflicts: [
        {
          slot: 4,
          logicalPortId: '2700400b',
          code: 'label-not-on-target',
          detail: 'No port of saurian-9119-MME-659707C has the label "prod-a". Label one there.',
        },
      ],
    },
  },
  'port-carries-vnics': {
    detail:
      'Adapter 1 port 1 carries 1 vNIC: lizard slot 6 (MAC eabe0600000b). Live Partition Mobility finds their ports on another system by its label. To change it all the same say force: true (role admin).',
    members: { vnics: [{ partition: { name: 'lizard', id: 6 }, slot: 6, macAddress: 'eabe0600000b' }] },
  },
  'job-not-cancelable': { detail: 'The job is running.' },
  'job-not-indeterminate': { detail: 'The job has succeeded.' },
  'precondition-failed': { detail: 'The vNIC has changed since it was read. Read it again.' },
  'request-timeout': { detail: 'The request did not arrive in time.' },
  'headers-too-large': { detail: 'The request line and the headers together may have 16 KiB.' },
  'payload-too-large': { detail: 'The body is larger than 64 KiB; no request of this API needs that.' },
  'uri-too-long': { detail: 'The path is too long.' },
  'unsupported-media-type': { detail: 'Send application/json.' },
  'unknown-reference': {
    detail: 'There is no Virtual I/O Server "vios9" on this system.',
    pointer: '/backingDevices/0/virtualIoServer',
  },
  'rule-violation': {
    detail: 'Capacity 1.3 is not a multiple of 2, the granularity of adapter 1 port 1.',
    pointer: '/backingDevices/0/capacity',
  },
  'not-representable': {
    detail: 'The HMC command line cannot carry this name: it holds a control character.',
    pointer: '/backingDevices/0/virtualIoServer/name',
  },
  'idempotency-key-reused': { detail: 'This Idempotency-Key was used for another request.' },
  'too-many-requests': { detail: 'Too many requests.', members: { retryAfterSeconds: 5 } },
  'internal-error': { detail: 'The service failed. The log has more under this request id.' },
  'hmc-authentication-failed': {
    detail: 'HMC hmc1 refused our login.',
    members: { hmc: 'hmc1', command: READ_VNICS, reason: 'authentication-failed', retryable: false },
  },
  'hmc-host-key-refused': {
    detail: 'HMC hmc1 showed a host key that is not pinned.',
    members: { hmc: 'hmc1', command: READ_VNICS, reason: 'host-key-refused', retryable: false },
  },
  'hmc-refused': {
    detail: 'HMC hmc1 refused the command: HSCL350B The user does not have the appropriate authority.',
    members: {
      hmc: 'hmc1',
      hmcCode: 'HSCL350B',
      wrappedCodes: [],
      hmcMessage: 'HSCL350B The user does not have the appropriate authority.',
      command: READ_VNICS,
      exitStatus: 1,
      retryable: false,
      profileMayDiffer: false,
      advice: 'Give the HMC user a task role that allows it.',
    },
  },
  'hmc-output-not-understood': {
    detail: 'HMC hmc1 printed something that could not be understood.',
    members: { hmc: 'hmc1', command: READ_VNICS, excerpt: 'lpar_name=lizard,lpar_id=six', retryable: false },
  },
  'hmc-unavailable': {
    detail: 'HMC hmc1 cannot be reached: connect ECONNREFUSED.',
    members: { hmc: 'hmc1', command: READ_VNICS, reason: 'unreachable', retryable: true, retryAfterSeconds: 5 },
  },
  'store-unavailable': { detail: 'Redis cannot be reached.', members: { retryAfterSeconds: 5 } },
  'hmc-timeout': {
    detail: 'HMC hmc1 did not answer in time.',
    members: { hmc: 'hmc1', command: READ_VNICS, reason: 'timed-out', retryable: true },
  },
  'target-replaced': { detail: 'Slot 6 of lizard holds another vNIC than the one the job was accepted for.' },
  'target-gone': { detail: 'The vNIC in slot 6 of lizard is gone.' },
  'worker-lost': { detail: 'The workers that ran this job were lost three times before anything was sent.' },
  'not-carried-out': {
    detail: 'What became of the command was not known at first. It is over, and the wished state is not there.',
  },
  'outcome-unknown': {
    detail: 'The command may still be running; the system shows neither the old nor the wished state.',
  },
};
