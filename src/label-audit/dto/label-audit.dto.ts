import { ApiProperty } from '@nestjs/swagger';
import type { AuditedPort } from '../../core/label-audit/audited-port.js';
import {
  MOVE_PROBLEM_CODES,
  MOVE_WARNING_CODES,
  type DeviceFinding,
  type MoveProblemCode,
  type MoveWarningCode,
  type MovingPartition,
} from '../../core/label-audit/judge-move.js';
import type {
  AuditedLabel,
  AuditedMove,
  AuditedSystem,
  LabelAudit,
  LabelOnSystem,
  PortlessAdapter,
  AskedSystemRef,
} from '../../core/label-audit/label-audit.js';
import type { ProblemType } from '../../core/problem-type.js';
import { VERDICTS, type Verdict } from '../../core/readiness/check.js';

class AuditedSystemRefDto implements AskedSystemRef {
  @ApiProperty({ type: String, example: 'saurian-9119-MME-659707C' })
  name!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'null when no HMC that can be reached, or could be, lists it; `name` is then as it was asked for.',
    example: '9119-MME*659707C',
  })
  mtms!: string | null;
}

class AuditedPortDto implements AuditedPort {
  @ApiProperty({ type: 'integer', example: 1 })
  adapterId!: number;

  @ApiProperty({ type: 'integer', description: 'Counted from 0.', example: 1 })
  physicalPortId!: number;

  @ApiProperty({ type: String, description: 'Empty when it has none.', example: 'prod-b' })
  label!: string;

  @ApiProperty({ type: String, description: 'Empty when it has none.', example: '' })
  subLabel!: string;

  @ApiProperty({ type: String, example: 'U78CA.001.CSS09AB-P1-C3-C1-T2' })
  location!: string;

  @ApiProperty({ type: String, description: '`eth`, `ethc`, `roce` as printed.', example: 'ethc' })
  type!: string;

  @ApiProperty({ type: Boolean, nullable: true, description: 'null when the HMC does not know.', example: true })
  linkUp!: boolean | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Percent that no logical port has; null when the HMC does not tell.',
    example: 98,
  })
  capacityLeft!: number | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Logical ports that the port and its adapter still have; null when the HMC does not tell.',
    example: 19,
  })
  logicalPortsLeft!: number | null;

  @ApiProperty({ type: 'integer', description: 'How many vNICs have a backing device on it.', example: 1 })
  vnics!: number;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'Why it takes no backing device now, however small; null when it does. What the HMC does not tell is left to it.',
    example: null,
  })
  unusable!: string | null;
}

class PortlessAdapterDto implements PortlessAdapter {
  @ApiProperty({ type: 'integer', nullable: true, description: 'null in dedicated mode.', example: null })
  adapterId!: number | null;

  @ApiProperty({ type: String, example: '21030020' })
  slotId!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'null where the HMC tells none.',
    example: 'U78CA.001.CSS09AB-P1-C7-C1',
  })
  physicalLocation!: string | null;

  @ApiProperty({ type: String, nullable: true, description: '`sriov` (shared) or `dedicated`.', example: 'dedicated' })
  mode!: string | null;

  @ApiProperty({ type: String, nullable: true, description: '`running`, `missing` …', example: null })
  status!: string | null;
}

class AuditedSystemDto implements AuditedSystem {
  @ApiProperty({ type: AuditedSystemRefDto })
  managedSystem!: AuditedSystemRefDto;

  @ApiProperty({ type: Boolean, description: 'false: nothing here says anything about it.', example: true })
  read!: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why it could not be read: the last part of the `type` that a read of it alone would answer.',
    example: null,
  })
  problem!: ProblemType | null;

  @ApiProperty({ type: String, nullable: true, description: 'The same in words.', example: null })
  reason!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Id of the HMC that it was read from.', example: 'hmc1' })
  hmc!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When the first command was sent.' })
  takenAt!: string | null;

  @ApiProperty({ type: [AuditedPortDto], description: 'No vNIC on one of these moves by labels.' })
  portsWithoutLabel!: readonly AuditedPortDto[];

  @ApiProperty({
    type: [PortlessAdapterDto],
    description:
      'Adapters whose ports the HMC does not list, in dedicated mode for example: their labels are not known.',
  })
  adaptersWithoutPorts!: readonly PortlessAdapterDto[];
}

class LabelOnSystemDto implements LabelOnSystem {
  @ApiProperty({ type: AuditedSystemRefDto })
  managedSystem!: AuditedSystemRefDto;

  @ApiProperty({ type: [AuditedPortDto] })
  ports!: readonly AuditedPortDto[];

  @ApiProperty({
    type: Boolean,
    description:
      'Several of the ports have the same sub-label too, or none: which of them LPM takes is up to the HMC, unless the ' +
      'migration names the port. No fault where ports share a label for redundancy.',
    example: true,
  })
  ambiguous!: boolean;
}

class AuditedLabelDto implements AuditedLabel {
  @ApiProperty({ type: String, example: 'prod-b' })
  label!: string;

  @ApiProperty({ type: [LabelOnSystemDto], description: 'Systems with a port of this label.' })
  systems!: readonly LabelOnSystemDto[];

  @ApiProperty({ type: [AuditedSystemRefDto], description: 'Systems without one.' })
  missingOn!: readonly AuditedSystemRefDto[];

  @ApiProperty({ type: [AuditedSystemRefDto], description: 'Systems that could not be read.' })
  unknownOn!: readonly AuditedSystemRefDto[];
}

class DeviceFindingDto {
  @ApiProperty({ type: 'integer', description: 'Of the vNIC.', example: 3 })
  slot!: number;

  @ApiProperty({ type: String, description: 'Of the backing device.', example: '27014001' })
  logicalPortId!: string;

  @ApiProperty({ type: 'integer', example: 5 })
  adapterId!: number;

  @ApiProperty({ type: 'integer', example: 0 })
  physicalPortId!: number;

  @ApiProperty({ type: String, nullable: true, description: 'Of its port; null when it is not known.', example: '' })
  label!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '' })
  subLabel!: string | null;

  @ApiProperty({
    type: String,
    example:
      'On reptilian-9119-MME-65BA46F adapter 5 port 0 has no label, and labels say where a device goes. Give it one.',
  })
  detail!: string;
}

class MoveProblemDto extends DeviceFindingDto implements DeviceFinding<MoveProblemCode> {
  @ApiProperty({
    enum: MOVE_PROBLEM_CODES,
    description:
      '`source-port-unknown`: the HMC does not list its port, so that the label is not known. `port-without-label`: its port ' +
      'has none. `label-not-on-target`: no port of the other system has the label. `no-usable-port`: those that have it are ' +
      'down or full, or give capacity in other steps. `ports-taken`: other devices of the partition need the ports that could ' +
      'take it; a vNIC uses a port once. `mapping-not-found`: the search for a way in which all of them have room was given up.',
    example: 'port-without-label',
  })
  code!: MoveProblemCode;
}

class MoveWarningDto extends DeviceFindingDto implements DeviceFinding<MoveWarningCode> {
  @ApiProperty({
    enum: MOVE_WARNING_CODES,
    description: '`sub-label-not-kept`: no port that could take it has the sub-label; the label decides.',
    example: 'sub-label-not-kept',
  })
  code!: MoveWarningCode;
}

class MovingPartitionDto implements MovingPartition {
  @ApiProperty({ type: String, example: 'chameleon' })
  name!: string;

  @ApiProperty({ type: 'integer', example: 10 })
  id!: number;

  @ApiProperty({
    type: Boolean,
    description: 'No problem: a port with room for each device, for all of them together.',
    example: false,
  })
  movable!: boolean;

  @ApiProperty({ type: [MoveProblemDto] })
  problems!: readonly MoveProblemDto[];

  @ApiProperty({ type: [MoveWarningDto] })
  warnings!: readonly MoveWarningDto[];
}

class AuditedMoveDto implements AuditedMove {
  @ApiProperty({ type: AuditedSystemRefDto })
  from!: AuditedSystemRefDto;

  @ApiProperty({ type: AuditedSystemRefDto })
  to!: AuditedSystemRefDto;

  @ApiProperty({
    enum: VERDICTS,
    description:
      '`pass`: every partition with vNICs could move with them, as far as labels and ports go. `fail`: at least one could ' +
      'not. `unknown`: one of the two systems could not be read.',
    example: 'fail',
  })
  verdict!: Verdict;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Partitions with vNICs, whether on this page or not; null when `verdict` is unknown.',
    example: 6,
  })
  partitionCount!: number | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Those of them that could not move; null when `verdict` is unknown.',
    example: 1,
  })
  stuckCount!: number | null;

  @ApiProperty({
    type: [MovingPartitionDto],
    description: 'Those on this page. The pages show first those that could not move, of all moves.',
  })
  partitions!: readonly MovingPartitionDto[];
}

export class LabelAuditDto implements LabelAudit {
  @ApiProperty({ type: [AuditedSystemDto], description: 'Each system once, in the order asked for.' })
  systems!: readonly AuditedSystemDto[];

  @ApiProperty({ type: [AuditedLabelDto], description: 'In the order of the labels.' })
  labels!: readonly AuditedLabelDto[];

  @ApiProperty({ type: [AuditedMoveDto], description: 'Every system with every other one, both ways.' })
  moves!: readonly AuditedMoveDto[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'For the next page of `partitions` in `moves`; all else is the same on every page. null on the last.',
    example: null,
  })
  nextCursor!: string | null;
}
