import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiSystemProblems } from '../http/api-problems.decorator.js';
import { PagingQuery } from '../http/paging.js';
import type { PartitionAddress } from '../http/path-names.js';
import {
  ApiPartitionParam,
  ApiSlotParam,
  ApiSystemParam,
  PartitionSegment,
  SlotSegment,
  SystemSegment,
} from '../http/path-parameters.js';
import { AnswersReadings, ApiReading, type Reading } from '../http/reading.js';
import { FailoverDto } from './dto/failover.dto.js';
import { VnicDto, VnicListDto } from './dto/vnic.dto.js';
import { VnicReadsService } from './vnic-reads.service.js';

@ApiTags('vNICs')
@Controller('v1/managed-systems/:system')
@AnswersReadings()
export class VnicReadsController {
  constructor(private readonly vnics: VnicReadsService) {}

  @Get('vnics')
  @ApiOperation({
    operationId: 'listVnicsOfSystem',
    summary: 'List all vNICs of a system',
    description: 'The vNICs of every partition, in one command on the HMC. Role: viewer.',
  })
  @ApiSystemParam()
  @ApiReading(VnicListDto)
  @ApiSystemProblems()
  ofSystem(@SystemSegment() system: string, @Query() query: PagingQuery): Promise<Reading<VnicListDto>> {
    return this.vnics.ofSystem(system, query);
  }

  @Get('partitions/:partition/vnics')
  @ApiOperation({
    operationId: 'listVnics',
    summary: 'List the vNICs of a partition',
    description: 'In the order of slots; empty when the partition has none. Role: viewer.',
  })
  @ApiPartitionParam()
  @ApiSystemParam()
  @ApiReading(VnicListDto)
  @ApiSystemProblems()
  ofPartition(
    @SystemSegment() system: string,
    @PartitionSegment() partition: PartitionAddress,
  ): Promise<Reading<VnicListDto>> {
    return this.vnics.ofPartition(system, partition);
  }

  @Get('partitions/:partition/vnics/:slot')
  @ApiOperation({
    operationId: 'getVnic',
    summary: 'Show a vNIC',
    description:
      'One vNIC with its backing devices, and the entity tag for changes of it and of its backing devices. Role: viewer.',
  })
  @ApiSlotParam(4)
  @ApiPartitionParam('iguana')
  @ApiSystemParam()
  @ApiReading(VnicDto, { etag: true })
  @ApiSystemProblems()
  inSlot(
    @SystemSegment() system: string,
    @PartitionSegment() partition: PartitionAddress,
    @SlotSegment() slot: number,
  ): Promise<Reading<VnicDto>> {
    return this.vnics.inSlot(system, partition, slot);
  }

  @Get('partitions/:partition/vnics/:slot/failover')
  @ApiOperation({
    operationId: 'getVnicFailover',
    summary: 'Show who carries the traffic of a vNIC, and who is next',
    description:
      'The active device, the next one, whether the hypervisor goes there by itself, and warnings: automatic failover off, ' +
      'the active one is not the lowest, only one operational, all on one Virtual I/O Server or adapter, … The hypervisor ' +
      'sees only the local link: a dead uplink behind a live switch port moves nothing. Role: viewer.',
  })
  @ApiSlotParam(4)
  @ApiPartitionParam('iguana')
  @ApiSystemParam()
  @ApiReading(FailoverDto)
  @ApiSystemProblems()
  failover(
    @SystemSegment() system: string,
    @PartitionSegment() partition: PartitionAddress,
    @SlotSegment() slot: number,
  ): Promise<Reading<FailoverDto>> {
    return this.vnics.failover(system, partition, slot);
  }
}
