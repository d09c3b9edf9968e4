import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsOptional } from 'class-validator';
import type { VirtualFunction } from '../../core/resources/virtual-function.js';
import type { VnicServerStatistics } from '../../core/resources/vnic-server-statistics.js';
import {
  DIFFERENCE_CODES,
  type Difference,
  type DifferenceCode,
  type HostedDevice,
  type VnicServerView,
} from '../../core/views/vnic-server-view.js';
import type { VnicServer } from '../../core/resources/vnic-server.js';
import { ApiNextCursor } from '../../http/page.dto.js';
import { PagingQuery } from '../../http/paging.js';
import { queryBoolean } from '../../http/query-values.js';
import { PartitionRefDto } from '../../partitions/dto/partition.dto.js';

export class VnicServersQuery extends PagingQuery {
  @ApiPropertyOptional({
    type: Boolean,
    description:
      'Also run `vnicstat` for each vNIC server of the page: one more command each, as root, which the HMC user must be ' +
      'allowed. All of them together have 30 s, or the time of one read where that is less; what was not answered by then, ' +
      'and what was no longer asked, stands under `notTold`.',
    default: false,
  })
  @IsOptional()
  @Transform(queryBoolean)
  @IsBoolean()
  statistics?: boolean;
}

class HostedDeviceDto implements HostedDevice {
  @ApiProperty({ type: String, example: '27004003' })
  logicalPortId!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Location code of the logical port; null when the HMC does not list the port.',
    example: 'U78CA.001.CSS08ZN-P1-C3-C1-T1-S3',
  })
  location!: string | null;

  @ApiProperty({ type: 'integer', example: 1 })
  adapterId!: number;

  @ApiProperty({ type: 'integer', description: 'Counted from 0.', example: 0 })
  physicalPortId!: number;

  @ApiProperty({ type: PartitionRefDto, example: { name: 'iguana', id: 3 } })
  client!: PartitionRefDto;

  @ApiProperty({ type: 'integer', description: 'Virtual slot of the vNIC in the client.', example: 4 })
  slot!: number;

  @ApiProperty({ type: 'integer', example: 10 })
  failoverPriority!: number;

  @ApiProperty({ type: Boolean, nullable: true, example: true })
  active!: boolean | null;

  @ApiProperty({ type: String, nullable: true, example: 'Operational' })
  status!: string | null;
}

class VnicServerDto implements VnicServer {
  @ApiProperty({ type: String, example: 'vnicserver0' })
  name!: string;

  @ApiProperty({ type: String, nullable: true, example: 'U9119.MME.65BA46F-V1-C32897' })
  location!: string | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 3 })
  clientPartitionId!: number | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'As the client told it; null until it has logged in, on some levels always.',
    example: 'iguana',
  })
  clientName!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Linux' })
  clientOs!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The virtual function.', example: 'ent4' })
  backingDevice!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Available' })
  status!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'U78CA.001.CSS08ZN-P1-C3-C1-T1-S3' })
  backingDeviceLocation!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Device name in the client; null until the client has logged in to this vNIC server.',
    example: 'env4',
  })
  clientDevice!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'U9119.MME.65BA46F-V3-C4' })
  clientLocation!: string | null;
}

class VirtualFunctionDto implements VirtualFunction {
  @ApiProperty({ type: String, example: 'ent4' })
  name!: string;

  @ApiProperty({ type: String, example: 'U78CA.001.CSS08ZN-P1-C3-C1-T1-S3' })
  location!: string;

  @ApiProperty({ type: String, example: 'PCIe3 4-Port 10GbE SR Adapter VF(df1028e21410e304)' })
  description!: string;
}

class VnicServerStatisticsDto implements VnicServerStatistics {
  @ApiProperty({
    type: String,
    nullable: true,
    description: '`active`; `config_2`: ready, not in use.',
    example: 'active',
  })
  state!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'ent4' })
  backingDevice!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'active' })
  failoverState!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'operational' })
  failoverReadiness!: string | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 10 })
  failoverPriority!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 3 })
  clientPartitionId!: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'iguana' })
  clientName!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Linux' })
  clientOs!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'env4' })
  clientDevice!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'U9119.MME.65BA46F-V3-C4' })
  clientLocation!: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Every line `label: value` of vnicstat, the first of each label.',
    example: { State: 'active', 'Failover Priority': '10' },
  })
  attributes!: Readonly<Record<string, string>>;
}

class DifferenceDto implements Difference {
  @ApiProperty({
    enum: DIFFERENCE_CODES,
    description:
      '`virtual-function`: lsmap and lsdev, or lsmap and vnicstat, of the Virtual I/O Server differ. `client`, ' +
      '`client-name`: lsmap or vnicstat and the HMC differ. `active`, `priority`: vnicstat and the HMC differ. `readiness`: ' +
      'vnicstat and the HMC differ, or lsmap shows a vNIC server that is not Available where the HMC says Operational. ' +
      'Those of one client and slot that nobody can tell apart are marked as missing, each of them, where one side has more. ' +
      'The two sides are read one after the other: what changes between the readings differs too.',
    example: 'client',
  })
  code!: DifferenceCode;

  @ApiProperty({ type: String, nullable: true, description: 'What the HMC says.', example: 'partition 3, slot 4' })
  hmc!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'What the Virtual I/O Server says.',
    example: 'partition 4, U9119.MME.65BA46F-V4-C4',
  })
  virtualIoServer!: string | null;
}

class VnicServerViewDto implements VnicServerView {
  @ApiProperty({
    type: HostedDeviceDto,
    nullable: true,
    description:
      'null when the HMC knows no such backing device, or several of one client and slot of which nobody tells which it is.',
  })
  hmc!: HostedDeviceDto | null;

  @ApiProperty({
    type: VnicServerDto,
    nullable: true,
    description:
      'null when the Virtual I/O Server has no vNIC server for the backing device, or several of which nobody tells which it is.',
  })
  vnicServer!: VnicServerDto | null;

  @ApiProperty({
    type: VirtualFunctionDto,
    nullable: true,
    description: 'null when lsdev lists none there, or did not answer.',
  })
  virtualFunction!: VirtualFunctionDto | null;

  @ApiProperty({
    type: VnicServerStatisticsDto,
    nullable: true,
    description: 'null without `?statistics=true`, or when vnicstat did not answer.',
  })
  statistics!: VnicServerStatisticsDto | null;

  @ApiProperty({
    type: [DifferenceDto],
    description: 'Where HMC and Virtual I/O Server say different things; empty when they agree.',
    example: [],
  })
  differences!: readonly DifferenceDto[];
}

/** A command that did not answer, without which the reply is still worth something. */
export class NotToldDto {
  @ApiProperty({ type: String, example: "viosvrcmd -m '9119-MME*65BA46F' --id 1 -c 'vnicstat vnicserver0' --admin" })
  command!: string;

  @ApiProperty({ type: String, example: 'HMC hmc1 refused the command: HSCL350B …' })
  reason!: string;
}

export class VnicServerListDto {
  @ApiProperty({ type: PartitionRefDto, example: { name: 'vios1', id: 1 } })
  virtualIoServer!: PartitionRefDto;

  @ApiProperty({ type: [VnicServerViewDto] })
  items!: readonly VnicServerViewDto[];

  @ApiNextCursor()
  nextCursor!: string | null;

  @ApiProperty({
    type: [NotToldDto],
    description: 'What could not be read besides; empty when all could.',
    example: [],
  })
  notTold!: readonly NotToldDto[];
}
