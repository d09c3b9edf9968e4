import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiSystemProblems } from '../http/api-problems.decorator.js';
import { PagingQuery } from '../http/paging.js';
import { ApiSystemParam, SystemSegment } from '../http/path-parameters.js';
import { AnswersReadings, ApiReading, type Reading } from '../http/reading.js';
import { PartitionListDto } from './dto/partition.dto.js';
import { PartitionsService } from './partitions.service.js';

@ApiTags('Partitions')
@Controller('v1/managed-systems/:system/partitions')
@AnswersReadings()
export class PartitionsController {
  constructor(private readonly partitions: PartitionsService) {}

  @Get()
  @ApiOperation({
    operationId: 'listPartitions',
    summary: 'List the partitions of a system',
    description: 'All partitions, Virtual I/O Servers among them, in the order of their ids. Role: viewer.',
  })
  @ApiSystemParam()
  @ApiReading(PartitionListDto)
  @ApiSystemProblems()
  list(@SystemSegment() system: string, @Query() query: PagingQuery): Promise<Reading<PartitionListDto>> {
    return this.partitions.list(system, query);
  }
}
