import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../http/api-problems.decorator.js';
import { HmcListDto } from './dto/hmc.dto.js';
import { HmcsService } from './hmcs.service.js';

@ApiTags('HMCs')
@Controller('v1/hmcs')
export class HmcsController {
  constructor(private readonly hmcs: HmcsService) {}

  @Get()
  @ApiOperation({
    operationId: 'listHmcs',
    summary: 'List the HMCs',
    description:
      'Every HMC of the configuration: its level, whether it can be reached and if not why, and the managed systems it ' +
      'lists. Each HMC is asked now; one that does not answer within 5 seconds is shown as it was last known. Role: viewer.',
  })
  @ApiOkResponse({ type: HmcListDto, description: 'All HMCs, in the order of the configuration.' })
  @ApiProblems()
  list(): Promise<HmcListDto> {
    return this.hmcs.list();
  }
}
