import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiSystemProblems } from '../http/api-problems.decorator.js';
import type { PartitionAddress } from '../http/path-names.js';
import {
  ApiSystemParam,
  ApiVirtualIoServerParam,
  SystemSegment,
  VirtualIoServerSegment,
} from '../http/path-parameters.js';
import { AnswersReadings, ApiReading, type Reading } from '../http/reading.js';
import { VnicEventListDto, VnicEventsQuery } from './dto/vnic-event.dto.js';
import { VnicServerListDto, VnicServersQuery } from './dto/vnic-server.dto.js';
import { VnicServersService } from './vnic-servers.service.js';

@ApiTags('Partitions')
@Controller('v1/managed-systems/:system/virtual-io-servers/:vios')
@AnswersReadings()
export class VnicServersController {
  constructor(private readonly servers: VnicServersService) {}

  @Get('vnic-servers')
  @ApiOperation({
    operationId: 'listVnicServers',
    summary: 'List the vNIC servers of a Virtual I/O Server, beside what the HMC says',
    description:
      'Logical port, virtual function, vNIC server and client device, joined: what the HMC shows of each backing device on ' +
      'this Virtual I/O Server, and what the server itself says (lsmap, lsdev, and vnicstat where asked for). Where they say ' +
      'different things both are shown, and marked under `differences`. A server that cannot be asked (not running, no RMC) ' +
      'is answered with 502 and the words of the HMC. Role: viewer.',
  })
  @ApiVirtualIoServerParam()
  @ApiSystemParam()
  @ApiReading(VnicServerListDto)
  @ApiSystemProblems()
  list(
    @SystemSegment() system: string,
    @VirtualIoServerSegment() vios: PartitionAddress,
    @Query() query: VnicServersQuery,
  ): Promise<Reading<VnicServerListDto>> {
    return this.servers.vnicServers(system, vios, query);
  }

  @Get('events')
  @ApiOperation({
    operationId: 'listVnicEvents',
    summary: 'List the entries of vNICs and migrations in the error log of a Virtual I/O Server',
    description:
      'Logins of clients and events of their transport, the newest first, with whom the vNIC server serves now: what a ' +
      'failover leaves behind; and what migrations do. Times are those of the server, whose time zone the log does not tell. Role: viewer.',
  })
  @ApiVirtualIoServerParam()
  @ApiSystemParam()
  @ApiReading(VnicEventListDto)
  @ApiSystemProblems()
  events(
    @SystemSegment() system: string,
    @VirtualIoServerSegment() vios: PartitionAddress,
    @Query() query: VnicEventsQuery,
  ): Promise<Reading<VnicEventListDto>> {
    return this.servers.events(system, vios, query);
  }
}
