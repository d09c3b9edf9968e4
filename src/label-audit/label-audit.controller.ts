import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiSystemProblems } from '../http/api-problems.decorator.js';
import { LabelAuditDto } from './dto/label-audit.dto.js';
import { LabelAuditQuery } from './dto/label-audit.query.js';
import { LabelAuditService } from './label-audit.service.js';

@ApiTags('SR-IOV')
@Controller('v1/label-audit')
export class LabelAuditController {
  constructor(private readonly audit: LabelAuditService) {}

  @Get()
  @ApiOperation({
    operationId: 'getLabelAudit',
    summary: 'Compare the labels of physical ports between systems',
    description:
      'Live Partition Mobility maps the backing devices of a vNIC to ports with the same label. For every label: the ports ' +
      'that carry it on each system, and the systems without one. For every pair of systems: which partitions could not move ' +
      'with their vNICs, and for which device, by the rules of the preview of a migration. Link and room are those of this moment; Virtual I/O Servers, memory and all else ' +
      'that a migration needs are not looked at. A system that cannot be read now is listed with the reason, and what ' +
      'depends on it is unknown; when none can be read, that is the answer. `limit` and `cursor` page the partitions of all moves, ' +
      'those first that could not move; every page has the counts, the systems and the labels. Role: viewer.',
  })
  @ApiOkResponse({ type: LabelAuditDto, description: 'As the HMCs showed it.' })
  @ApiSystemProblems()
  get(@Query() query: LabelAuditQuery): Promise<LabelAuditDto> {
    return this.audit.of(query.names(), query);
  }
}
