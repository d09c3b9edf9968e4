import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiSystemProblems } from '../http/api-problems.decorator.js';
import { PagingQuery } from '../http/paging.js';
import {
  AdapterIdSegment,
  ApiPhysicalPortParams,
  ApiSystemParam,
  PhysicalPortIdSegment,
  SystemSegment,
} from '../http/path-parameters.js';
import { AnswersReadings, ApiReading, type Reading } from '../http/reading.js';
import { LogicalPortListDto } from './dto/logical-port.dto.js';
import { PhysicalPortDto, PhysicalPortListDto } from './dto/physical-port.dto.js';
import { PhysicalPortsQuery } from './dto/physical-ports.query.js';
import { SriovAdapterListDto } from './dto/sriov-adapter.dto.js';
import { SriovService } from './sriov.service.js';

@ApiTags('SR-IOV')
@Controller('v1/managed-systems/:system/sriov')
@AnswersReadings()
export class SriovController {
  constructor(private readonly sriov: SriovService) {}

  @Get('adapters')
  @ApiOperation({
    operationId: 'listSriovAdapters',
    summary: 'List the SR-IOV adapters',
    description: 'Adapters in shared and in dedicated mode; the latter have no id. Role: viewer.',
  })
  @ApiSystemParam()
  @ApiReading(SriovAdapterListDto)
  @ApiSystemProblems()
  adapters(@SystemSegment() system: string): Promise<Reading<SriovAdapterListDto>> {
    return this.sriov.adapters(system);
  }

  @Get('physical-ports')
  @ApiOperation({
    operationId: 'listPhysicalPorts',
    summary: 'List the physical ports',
    description: 'Ports of all kinds (eth, ethc, roce) of all adapters in shared mode. Role: viewer.',
  })
  @ApiSystemParam()
  @ApiReading(PhysicalPortListDto)
  @ApiSystemProblems()
  physicalPorts(
    @SystemSegment() system: string,
    @Query() query: PhysicalPortsQuery,
  ): Promise<Reading<PhysicalPortListDto>> {
    return this.sriov.physicalPorts(system, query);
  }

  @Get('physical-ports/:adapterId/:physicalPortId')
  @ApiOperation({
    operationId: 'getPhysicalPort',
    summary: 'Show a physical port',
    description: 'One physical port, with the entity tag for a change of its labels. Role: viewer.',
  })
  @ApiPhysicalPortParams()
  @ApiSystemParam()
  @ApiReading(PhysicalPortDto, { etag: true })
  @ApiSystemProblems()
  physicalPort(
    @SystemSegment() system: string,
    @AdapterIdSegment() adapterId: number,
    @PhysicalPortIdSegment() physicalPortId: number,
  ): Promise<Reading<PhysicalPortDto>> {
    return this.sriov.physicalPort(system, adapterId, physicalPortId);
  }

  @Get('logical-ports')
  @ApiOperation({
    operationId: 'listLogicalPorts',
    summary: 'List the logical ports',
    description:
      'Configured and free logical ports of all adapters. Backing devices belong to a Virtual I/O Server. Role: viewer.',
  })
  @ApiSystemParam()
  @ApiReading(LogicalPortListDto)
  @ApiSystemProblems()
  logicalPorts(@SystemSegment() system: string, @Query() query: PagingQuery): Promise<Reading<LogicalPortListDto>> {
    return this.sriov.logicalPorts(system, query);
  }
}
