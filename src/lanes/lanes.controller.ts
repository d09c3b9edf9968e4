import { Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireRole } from '../auth/access.decorators.js';
import { Caller, type CallerIdentity } from '../auth/caller.js';
import { ApiSystemProblems } from '../http/api-problems.decorator.js';
import { PagingQuery } from '../http/paging.js';
import { ApiSystemParam, SystemSegment } from '../http/path-parameters.js';
import { LaneDto } from './dto/lane.dto.js';
import { LanesService, type LaneView } from './lanes.service.js';

@ApiTags('Lanes')
@ApiSystemParam()
@Controller('v1/managed-systems/:system/lane')
export class LanesController {
  constructor(private readonly lanes: LanesService) {}

  @Get()
  @ApiOperation({
    operationId: 'getLane',
    summary: 'What runs and what waits on a managed system',
    description:
      'Changes of one managed system run one at a time, in the order in which they were accepted. `limit` and `cursor` are ' +
      'about `items`, the jobs that wait; the rest is told on every page. Role: viewer.',
  })
  @ApiOkResponse({ type: LaneDto, description: 'The lane as it is now.' })
  @ApiSystemProblems('store-unavailable')
  get(@SystemSegment() system: string, @Query() query: PagingQuery): Promise<LaneView> {
    return this.lanes.get(system, query);
  }

  @Post('pause')
  @HttpCode(200)
  @RequireRole('admin')
  @ApiOperation({
    operationId: 'pauseLane',
    summary: 'Let no further job start on a managed system',
    description:
      'The running job goes on to its end; new ones are accepted and wait. Pausing twice changes nothing. ' +
      'Role: admin.',
  })
  @ApiOkResponse({ type: LaneDto, description: 'The paused lane.' })
  @ApiSystemProblems('forbidden', 'store-unavailable')
  pause(@SystemSegment() system: string, @Caller() caller: CallerIdentity): Promise<LaneView> {
    return this.lanes.pause(system, caller.name);
  }

  @Post('resume')
  @HttpCode(200)
  @RequireRole('admin')
  @ApiOperation({
    operationId: 'resumeLane',
    summary: 'Open a paused lane again',
    description: 'The jobs that wait run in their order. Opening an open lane changes nothing. Role: admin.',
  })
  @ApiOkResponse({ type: LaneDto, description: 'The open lane.' })
  @ApiSystemProblems('forbidden', 'store-unavailable')
  resume(@SystemSegment() system: string): Promise<LaneView> {
    return this.lanes.resume(system);
  }
}
