import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiSystemProblems } from '../http/api-problems.decorator.js';
import { ApiSystemParam, SystemSegment } from '../http/path-parameters.js';
import { AnswersReadings, ApiReading, type Reading } from '../http/reading.js';
import { PartitionListDto } from '../partitions/dto/partition.dto.js';
import { VirtualIoServersService } from './virtual-io-servers.service.js';

@ApiTags('Partitions')
@Controller('v1/managed-systems/:system/virtual-io-servers')
@AnswersReadings()
export class VirtualIoServersController {
  constructor(private readonly servers: VirtualIoServersService) {}

  @Get()
  @ApiOperation({
    operationId: 'listVirtualIoServers',
    summary: 'List the Virtual I/O Servers of a system',
    description: 'The partitions that host the vNIC servers. Role: viewer.',
  })
  @ApiSystemParam()
  @ApiReading(PartitionListDto)
  @ApiSystemProblems()
  list(@SystemSegment() system: string): Promise<Reading<PartitionListDto>> {
    return this.servers.list(system);
  }
}
