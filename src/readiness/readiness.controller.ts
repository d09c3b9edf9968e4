import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiSystemProblems } from '../http/api-problems.decorator.js';
import { ApiSystemParam, SystemSegment } from '../http/path-parameters.js';
import { ReadinessDto } from './dto/readiness.dto.js';
import { ReadinessService } from './readiness.service.js';

@ApiTags('Managed systems')
@Controller('v1/managed-systems/:system/readiness')
export class ReadinessController {
  constructor(private readonly readiness: ReadinessService) {}

  @Get()
  @ApiOperation({
    operationId: 'getReadiness',
    summary: 'Check whether a system can do vNIC failover',
    description:
      'Asks now: the level of every HMC that manages the system, its firmware, the Virtual I/O Servers by their own word, ' +
      'adapters, ports and partitions. Each check shows what was found, what is needed, pass, fail or unknown with the ' +
      'reason, and the command behind it. What does not answer is unknown, and never a pass; the reply takes as long as ' +
      'the slowest of them. Role: viewer.',
  })
  @ApiSystemParam()
  @ApiOkResponse({ type: ReadinessDto, description: 'All checks, whatever they say.' })
  @ApiSystemProblems()
  get(@SystemSegment() system: string): Promise<ReadinessDto> {
    return this.readiness.of(system);
  }
}
