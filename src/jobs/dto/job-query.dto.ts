import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { OPERATION_NAMES, type OperationName } from '../../core/operations/operation.js';
import { PagingQuery } from '../../http/paging.js';
import { JOB_STATES, type JobState } from '../../store/job-record.js';

/** The filters of `GET /v1/jobs`. */
export class JobQuery extends PagingQuery {
  @ApiPropertyOptional({
    description: 'Only jobs of this managed system: its name or MTMS.',
    maxLength: 200,
    example: 'reptilian-9119-MME-65BA46F',
  })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  system?: string;

  @ApiPropertyOptional({ enum: JOB_STATES, enumName: 'JobState', description: 'Only jobs in this state.' })
  @IsOptional()
  @IsIn(JOB_STATES, { message: `must be one of ${JOB_STATES.join(', ')}` })
  state?: JobState;

  @ApiPropertyOptional({
    enum: OPERATION_NAMES,
    enumName: 'OperationName',
    description: 'Only jobs of this operation.',
  })
  @IsOptional()
  @IsIn(OPERATION_NAMES, { message: `must be one of ${OPERATION_NAMES.join(', ')}` })
  operation?: OperationName;
}
