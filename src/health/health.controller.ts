import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiExtraModels, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/access.decorators.js';
import { HealthService } from './health.service.js';
import { LiveDto, ReadinessResultDto, ReadyDto } from './health.dto.js';

@ApiTags('Health')
@ApiExtraModels(ReadinessResultDto)
@Public()
@Controller('health')
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Get('live')
  @ApiOperation({
    operationId: 'getLive',
    summary: 'Does the process run?',
    description: 'For a liveness probe. Needs no key.',
    security: [],
  })
  @ApiOkResponse({ type: LiveDto, description: 'It runs.' })
  live(): LiveDto {
    return { status: 'live' };
  }

  @Get('ready')
  @ApiOperation({
    operationId: 'getReady',
    summary: 'Can this replica serve calls?',
    description:
      'For a readiness probe. Redis has to answer and to take new jobs; what its settings may lose is told and does not count, ' +
      'nor does an HMC that is away. An HMC of which nothing was heard for 30 seconds is tried, once in that time; the reply ' +
      'waits a second for that at most. Needs no key.',
    security: [],
  })
  @ApiOkResponse({ type: ReadyDto, description: 'It can.' })
  @ApiServiceUnavailableResponse({ type: ReadyDto, description: 'Not now; `checks` says why.' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadyDto> {
    const ready = await this.health.ready();
    void reply.status(ready.status === 'ready' ? 200 : 503);
    return ready;
  }
}
