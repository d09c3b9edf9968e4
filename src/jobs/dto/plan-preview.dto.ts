import { ApiProperty } from '@nestjs/swagger';
import { OPERATION_NAMES, type OperationName } from '../../core/operations/operation.js';
import { SystemRefDto, TargetDto, TARGET_DOCUMENT } from './job.dto.js';

class PlannedCommandDto {
  @ApiProperty({
    description:
      'The command line exactly as the HMC would get it; `{"ref": "logicalPortOf adapter 2 port 1"}` stands for a logical port ' +
      'id that an earlier command brings.',
    example:
      "chhwres -r virtualio -m '9119-MME*65BA46F' -o s --rsubtype vnicbkdev -p lizard -s 6 --logport 2700400b -a failover_priority=11",
  })
  command!: string;

  @ApiProperty({ description: 'Whether this step makes the hypervisor move the active device.' })
  movesActive!: boolean;
}

/** The answer to a dry run: what the change would send now. Nothing is stored, nothing is sent. */
export class PlanPreviewDto {
  @ApiProperty({ enum: OPERATION_NAMES, enumName: 'OperationName', description: 'The kind of change.' })
  operation!: OperationName;

  @ApiProperty({ type: SystemRefDto })
  managedSystem!: SystemRefDto;

  @ApiProperty({ type: TargetDto })
  target!: TargetDto;

  @ApiProperty({ description: 'Id of the HMC that was read.', example: 'hmc1' })
  hmc!: string;

  @ApiProperty({ type: [PlannedCommandDto], description: 'Empty when the wish already holds.' })
  plan!: PlannedCommandDto[];

  @ApiProperty({
    type: [String],
    description:
      'What to know though nothing is wrong: a new device on a port that carries no traffic now, or a maximum capacity that the HMC does not tell, for example.',
  })
  warnings!: string[];

  @ApiProperty({
    ...TARGET_DOCUMENT,
    description: 'The vNIC, physical port or partition as it is now; null when there is none.',
  })
  before!: unknown;
}
