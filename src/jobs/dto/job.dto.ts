import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { OPERATION_NAMES, type OperationName } from '../../core/operations/operation.js';
import { ApiNextCursor } from '../../http/page.dto.js';
import { ProblemDocumentDto } from '../../http/problem-document.dto.js';
import { MigratedPartitionDto } from '../../migrations/dto/migrated-partition.dto.js';
import { PhysicalPortDto } from '../../sriov/dto/physical-port.dto.js';
import { BackingDeviceRequestDto } from '../../vnics/dto/backing-device-request.dto.js';
import { VnicDto } from '../../vnics/dto/vnic.dto.js';
import type { StepState } from '../../core/outcome.js';
import { JOB_STATES, type JobState, type WaitReason } from '../../store/job-record.js';

const TIME = { type: String, format: 'date-time' } as const;
const STEP_STATES: readonly StepState[] = ['planned', 'sent', 'succeeded', 'failed', 'unknown', 'never-started'];
const WAIT_REASONS: readonly WaitReason[] = ['turn', 'paused', 'pacing', 'settling', 'hmc'];

/** What a change is about, as it was read. */
export const TARGET_DOCUMENT = {
  anyOf: [
    { $ref: getSchemaPath(VnicDto) },
    { $ref: getSchemaPath(PhysicalPortDto) },
    { $ref: getSchemaPath(MigratedPartitionDto) },
    { type: 'null' },
  ],
};

export class SystemRefDto {
  @ApiProperty({ example: 'reptilian-9119-MME-65BA46F' })
  name!: string;

  @ApiProperty({ description: 'type-model*serial: the identity of the system.', example: '9119-MME*65BA46F' })
  mtms!: string;
}

class TargetPartitionDto {
  @ApiProperty({ example: 'lizard' })
  name!: string;

  @ApiProperty({ type: 'integer', example: 6 })
  id!: number;
}

class TargetBackingDeviceDto {
  @ApiProperty({ example: '2700400b' })
  logicalPortId!: string;

  @ApiProperty({ example: { name: 'vios1', id: 1 } })
  virtualIoServer!: TargetPartitionDto;

  @ApiProperty({ type: 'integer', example: 1 })
  adapterId!: number;

  @ApiProperty({ type: 'integer', description: 'Counted from 0.', example: 1 })
  physicalPortId!: number;
}

class TargetPhysicalPortDto {
  @ApiProperty({ type: 'integer', example: 1 })
  adapterId!: number;

  @ApiProperty({ type: 'integer', description: 'Counted from 0.', example: 1 })
  physicalPortId!: number;
}

class TargetNewDeviceDto extends BackingDeviceRequestDto {
  @ApiPropertyOptional({
    description: 'false: its port has no link or its adapter does not run, so that it carries no traffic for now.',
    example: false,
  })
  operational?: boolean;
}

class TargetAdapterRoomDto {
  @ApiProperty({ type: 'integer', example: 1 })
  adapterId!: number;

  @ApiProperty({ type: 'integer', description: 'So many devices of this vNIC it has logical ports for.', example: 1 })
  devices!: number;
}

class TargetDemotedDeviceDto {
  @ApiProperty({ example: '27008005' })
  logicalPortId!: string;

  @ApiProperty({ type: 'integer', minimum: 1, maximum: 100, example: 10 })
  failoverPriority!: number;
}

class TargetReplacedDeviceDto {
  @ApiProperty({ example: '27008005' })
  logicalPortId!: string;

  @ApiProperty({ type: TargetPartitionDto })
  virtualIoServer!: TargetPartitionDto;

  @ApiProperty({ type: 'integer', example: 2 })
  adapterId!: number;

  @ApiProperty({ type: 'integer', example: 1 })
  physicalPortId!: number;

  @ApiProperty({ description: 'Percent of the physical port.', example: 2 })
  capacity!: number;

  @ApiProperty({ type: 'integer', minimum: 1, maximum: 100, example: 10 })
  failoverPriority!: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Percent; null where the HMC did not tell it.',
    example: 100,
  })
  maxCapacity!: number | null;
}

/** What the job is bound to: if it finds another occupant later, it fails with `target-replaced`. */
export class TargetDto {
  @ApiPropertyOptional({ type: TargetPartitionDto })
  partition?: TargetPartitionDto;

  @ApiPropertyOptional({
    type: 'integer',
    description: 'Of a create without a slot: known once the job has planned.',
    example: 6,
  })
  slot?: number;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'eaadf2188302' })
  macAddress?: string | null;

  @ApiPropertyOptional({ type: TargetBackingDeviceDto })
  backingDevice?: TargetBackingDeviceDto;

  @ApiPropertyOptional({ type: TargetPhysicalPortDto })
  physicalPort?: TargetPhysicalPortDto;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description:
      'What the partition keeps on its way to another system or name; null, or not there, where the HMC does not tell it. ' +
      'Of a new vNIC: which partition had the id when the job was accepted; another one that has it by the time the job ' +
      'runs is left alone.',
    example: '00000003-ABCD-4EF0-8ABC-000000000003',
  })
  partitionUuid?: string | null;

  @ApiPropertyOptional({
    type: SystemRefDto,
    description: 'Of a migration: where the partition goes.',
    example: { name: 'saurian-9119-MME-659707C', mtms: '9119-MME*659707C' },
  })
  targetSystem?: SystemRefDto;

  @ApiPropertyOptional({
    description:
      'true when the plan has to switch automatic failover off on its way: the job is only over once it is on again.',
    example: true,
  })
  restoreAutoPriorityFailover?: boolean;

  @ApiPropertyOptional({
    type: [BackingDeviceRequestDto],
    description: 'Of a create with a placement, once it is planned: the devices that were chosen.',
  })
  placedDevices?: BackingDeviceRequestDto[];

  @ApiPropertyOptional({
    type: 'integer',
    description:
      'Of a desired state, once it is planned: no step leaves fewer operational devices than this, unless network disruption is ' +
      'allowed and there is no other way.',
    example: 1,
  })
  leastOperationalDevices?: number;

  @ApiPropertyOptional({
    type: [TargetAdapterRoomDto],
    description:
      'Of a desired state, once it is planned: the adapters that have not enough logical ports for the devices that are there and ' +
      'the new ones side by side, so that some go first.',
  })
  adapterRoom?: TargetAdapterRoomDto[];

  @ApiPropertyOptional({
    description:
      'Of a desired state, once it is planned: true when a step takes the active device away. The job is only over once another ' +
      'one is active, if one can be, or automatic failover is on.',
    example: true,
  })
  owesActiveDevice?: boolean;

  @ApiPropertyOptional({
    type: [TargetNewDeviceDto],
    description:
      'Of a desired state, once it is planned: the devices that it makes. What the request leaves out of one that is made anew on ' +
      'its port is that of the device that was there.',
  })
  newDevices?: TargetNewDeviceDto[];

  @ApiPropertyOptional({
    type: [TargetDemotedDeviceDto],
    description:
      'Of a desired state: devices whose priority was raised to 100 so that the traffic leaves them before they are removed, with ' +
      'the priority that they had.',
  })
  demotedDevices?: TargetDemotedDeviceDto[];

  @ApiPropertyOptional({
    type: [TargetReplacedDeviceDto],
    description:
      'Of a desired state, once it is planned: the devices that are made anew on their port, as they were before.',
  })
  replacedDevices?: TargetReplacedDeviceDto[];
}

class JobStepDto {
  @ApiProperty({
    description:
      'The command line exactly as the HMC gets it. While it is only planned, `{"ref": "logicalPortOf adapter 2 port 1"}` stands ' +
      'for a logical port id that an earlier step brings.',
    example: "chhwres -r virtualio -m '9119-MME*65BA46F' -o act --rsubtype vnicbkdev -p lizard -s 6 --logport 27008005",
  })
  command!: string;

  @ApiProperty({
    enum: STEP_STATES,
    description:
      '`sent` without an answer yet; `unknown`: it was sent and its end is not known; `never-started`: it surely never ' +
      'reached the HMC.',
    example: 'succeeded',
  })
  state!: StepState;

  @ApiProperty({ description: 'Whether this step makes the hypervisor move the active device; such steps are paced.' })
  movesActive!: boolean;

  @ApiProperty({ type: 'integer', nullable: true, example: 0 })
  exitStatus!: number | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'What the HMC said, on both streams, be it with a refusal or beside a success (which is without words as a rule: ' +
      'null), or why there is no answer.',
  })
  hmcMessage!: string | null;

  @ApiProperty({ ...TIME, nullable: true })
  startedAt!: string | null;

  @ApiProperty({ ...TIME, nullable: true })
  finishedAt!: string | null;
}

class WaitingForDto {
  @ApiProperty({
    enum: WAIT_REASONS,
    description:
      '`turn`: its place in the lane; `paused`: the lane is paused; `pacing`: the distance between two moves of one vNIC; ' +
      '`settling`: the readback does not show the outcome yet; `hmc`: no HMC can be reached.',
  })
  reason!: WaitReason;

  @ApiProperty({ ...TIME, nullable: true, description: 'When it ends at the latest; null when nobody knows.' })
  until!: string | null;
}

/** One request to run an operation. */
@ApiExtraModels(ProblemDocumentDto, VnicDto, PhysicalPortDto, MigratedPartitionDto)
export class JobDto {
  @ApiProperty({ format: 'uuid', example: '4f1c1c1e-7d0a-4a55-9c35-0f2f3b6a7a10' })
  id!: string;

  @ApiProperty({ enum: OPERATION_NAMES, enumName: 'OperationName', example: 'backing-device.activate' })
  operation!: OperationName;

  @ApiProperty({
    enum: JOB_STATES,
    enumName: 'JobState',
    description:
      '`queued` → `running` → `succeeded` | `failed` | `indeterminate`, or `queued` → `canceled`. `indeterminate` means ' +
      'that nobody can say whether the change was made: look at the target.',
    example: 'succeeded',
  })
  state!: JobState;

  @ApiProperty({
    type: 'integer',
    description: 'Order of acceptance; the jobs of one system run in this order.',
    example: 42,
  })
  sequence!: number;

  @ApiProperty({ type: 'integer', nullable: true, description: '1 = the next to run; null when it is not queued.' })
  queuePosition!: number | null;

  @ApiProperty({ type: WaitingForDto, nullable: true })
  waitingFor!: WaitingForDto | null;

  @ApiProperty({ type: SystemRefDto })
  managedSystem!: SystemRefDto;

  @ApiProperty({ type: TargetDto })
  target!: TargetDto;

  @ApiProperty({ description: 'Name of the API key that asked.', example: 'demo' })
  requestedBy!: string;

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'The body of the request.' })
  request!: unknown;

  @ApiProperty({ type: [JobStepDto], description: 'The commands in the order in which they were sent.' })
  plan!: JobStepDto[];

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'Id of the HMC that serves the job; the last one, where another had to take over between two commands.',
    example: 'hmc1',
  })
  hmc!: string | null;

  @ApiProperty({
    ...TARGET_DOCUMENT,
    description:
      'The vNIC, physical port or partition as it was read before the first command; null when there was none.',
  })
  before!: unknown;

  @ApiProperty({
    ...TARGET_DOCUMENT,
    description:
      'The vNIC, physical port or partition as it was read back at the end; null when it is not there any more.',
  })
  result!: unknown;

  @ApiProperty({
    nullable: true,
    allOf: [{ $ref: getSchemaPath(ProblemDocumentDto) }],
    description:
      'Why it failed or is indeterminate: a problem document with `effect` (`none`: nothing was changed; `partial`: compare ' +
      '`before` and `result`), and where the HMC spoke `hmcCode`, `hmcMessage`, `command`, `exitStatus`, `retryable`, ' +
      '`profileMayDiffer`.',
  })
  error!: ProblemDocumentDto | null;

  @ApiProperty({
    type: [String],
    description:
      'What to know: what the HMC said of a command that it accepted or although the wish holds, what it does not tell, a new device on a port that carries no traffic now, what a job that ended half way left behind.',
  })
  warnings!: string[];

  @ApiProperty(TIME)
  createdAt!: string;

  @ApiProperty({ ...TIME, nullable: true })
  startedAt!: string | null;

  @ApiProperty({ ...TIME, nullable: true })
  finishedAt!: string | null;
}

export class JobListDto {
  @ApiProperty({ type: [JobDto] })
  items!: JobDto[];

  @ApiNextCursor()
  nextCursor!: string | null;
}
