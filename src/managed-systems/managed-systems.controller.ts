import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiEstateProblems, ApiSystemProblems } from '../http/api-problems.decorator.js';
import { PagingQuery } from '../http/paging.js';
import { ApiSystemParam, SystemSegment } from '../http/path-parameters.js';
import { AnswersReadings, ApiMergedReading, type Reading } from '../http/reading.js';
import { ManagedSystemDto, ManagedSystemListDto } from './dto/managed-system.dto.js';
import { ManagedSystemsService } from './managed-systems.service.js';

@ApiTags('Managed systems')
@Controller('v1/managed-systems')
@AnswersReadings()
export class ManagedSystemsController {
  constructor(private readonly systems: ManagedSystemsService) {}

  @Get()
  @ApiOperation({
    operationId: 'listManagedSystems',
    summary: 'List the managed systems',
    description:
      'All systems of all HMCs, merged by MTMS: a system that two HMCs manage is listed once. A system that is not ' +
      'connected is listed with its state. An HMC that is away is left out; GET /v1/hmcs tells why. The list of each HMC ' +
      'is at most 30 seconds old; `Snapshot-Time` tells the oldest. Role: viewer.',
  })
  @ApiMergedReading(ManagedSystemListDto, 'One page of systems.')
  @ApiEstateProblems()
  list(@Query() query: PagingQuery): Promise<Reading<ManagedSystemListDto>> {
    return this.systems.list(query);
  }

  @Get(':system')
  @ApiOperation({
    operationId: 'getManagedSystem',
    summary: 'Show a managed system',
    description:
      'One system by name or MTMS. 404 is answered only when it is sure that no HMC has it; while an HMC that may list it ' +
      'is away the answer is 503. What the HMCs list of it is at most 30 seconds old; `Snapshot-Time` tells the oldest. Role: viewer.',
  })
  @ApiSystemParam()
  @ApiMergedReading(ManagedSystemDto, 'The system.')
  @ApiSystemProblems()
  get(@SystemSegment() system: string): Promise<Reading<ManagedSystemDto>> {
    return this.systems.get(system);
  }
}
