import { ApiProperty } from '@nestjs/swagger';
import {
  CHECK_IDS,
  SUBJECT_KINDS,
  VERDICTS,
  type CheckId,
  type ReadinessCheck,
  type SubjectKind,
  type Verdict,
} from '../../core/readiness/check.js';

class ReadinessSystemDto {
  @ApiProperty({ type: String, example: 'reptilian-9119-MME-65BA46F' })
  name!: string;

  @ApiProperty({ type: String, example: '9119-MME*65BA46F' })
  mtms!: string;
}

class ReadinessSubjectDto {
  @ApiProperty({ enum: SUBJECT_KINDS, example: 'virtual-io-server' })
  kind!: SubjectKind;

  @ApiProperty({
    type: String,
    description:
      'Name of the system, the Virtual I/O Server or the partition; id of the HMC; `adapter 1`, `adapter 1 port 0`.',
    example: 'vios1',
  })
  name!: string;
}

class ReadinessCheckDto implements ReadinessCheck {
  @ApiProperty({ enum: CHECK_IDS, description: 'What is looked at.', example: 'virtual-io-server-level' })
  id!: CheckId;

  @ApiProperty({ type: ReadinessSubjectDto })
  subject!: ReadinessSubjectDto;

  @ApiProperty({
    enum: VERDICTS,
    description: '`unknown`: it could not be told, `reason` says why. What cannot be read never passes.',
    example: 'pass',
  })
  verdict!: Verdict;

  @ApiProperty({ type: String, nullable: true, description: 'null when nothing was told.', example: '2.2.5.10' })
  found!: string | null;

  @ApiProperty({ type: String, example: '2.2.5 or later' })
  needed!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why it fails or is unknown, and what to do about it; null for a pass.',
    example: null,
  })
  reason!: string | null;

  @ApiProperty({
    type: String,
    description: 'The command that showed it, or was to show it; several, one a line, where it took several.',
    example: "viosvrcmd -m '9119-MME*65BA46F' --id 1 -c ioslevel",
  })
  command!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Id of the HMC that was asked.', example: 'hmc1' })
  hmc!: string | null;

  @ApiProperty({
    type: Boolean,
    description:
      'Whether it has a part in the verdict of the system. Of Virtual I/O Servers and adapters one that passes all of its ' +
      'checks is enough; ports are counted by `usable-ports`.',
    example: true,
  })
  decides!: boolean;
}

export class ReadinessDto {
  @ApiProperty({ type: ReadinessSystemDto })
  managedSystem!: ReadinessSystemDto;

  @ApiProperty({
    enum: VERDICTS,
    description:
      '`pass`: every check of the system and of its HMCs passes, among them that two ports are up on adapters that work, ' +
      'and so does at least one Virtual I/O Server. `fail`: that cannot be. `unknown`: neither is sure. Only checks with ' +
      '`decides: true` count.',
    example: 'pass',
  })
  verdict!: Verdict;

  @ApiProperty({ type: String, format: 'date-time', description: 'When the first command was sent.' })
  checkedAt!: string;

  @ApiProperty({ type: [ReadinessCheckDto] })
  checks!: readonly ReadinessCheckDto[];
}
