import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsOptional } from 'class-validator';
import type { ErrorLogEntry } from '../../core/resources/error-log.js';
import { ApiNextCursor } from '../../http/page.dto.js';
import { PagingQuery } from '../../http/paging.js';
import { queryBoolean } from '../../http/query-values.js';
import { PartitionRefDto } from '../../partitions/dto/partition.dto.js';
import { NotToldDto } from './vnic-server.dto.js';

export class VnicEventsQuery extends PagingQuery {
  @ApiPropertyOptional({
    type: Boolean,
    description: 'Read the detailed log: with seconds, sequence numbers and the whole text, and many times as long.',
    default: false,
  })
  @IsOptional()
  @Transform(queryBoolean)
  @IsBoolean()
  detail?: boolean;
}

/** Whom a vNIC server serves now. */
export class ServedDto {
  @ApiProperty({ type: String, example: '27004003' })
  logicalPortId!: string;

  @ApiProperty({ type: PartitionRefDto, example: { name: 'iguana', id: 3 } })
  client!: PartitionRefDto;

  @ApiProperty({ type: 'integer', example: 4 })
  slot!: number;
}

export class VnicEventDto implements ErrorLogEntry {
  @ApiProperty({
    type: String,
    description:
      '`60D73419`: a client logged in; `8C577CB6`: an event of the transport to a client; `3EB09F5A`: a migration was completed.',
    example: '60D73419',
  })
  identifier!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'On the clock of the Virtual I/O Server; its time zone is not in the log. To the minute, in the detailed log to the ' +
      'second. null when it could not be read: see `text`.',
    example: '2016-12-02T19:48',
  })
  loggedAt!: string | null;

  @ApiProperty({ type: String, description: 'As printed: `I`, `P`, `T` …, in the detailed log `INFO` …', example: 'I' })
  type!: string;

  @ApiProperty({ type: String, description: 'As printed: `S` software, `H` hardware, `O` operator.', example: 'S' })
  class!: string;

  @ApiProperty({ type: String, description: '`vnicserverN`, or `Migration`.', example: 'vnicserver0' })
  resourceName!: string;

  @ApiProperty({ type: String, example: 'VNIC Client Login' })
  description!: string;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Of the detailed log.', example: null })
  sequenceNumber!: number | null;

  @ApiProperty({
    type: String,
    description: 'The entry as printed.',
    example: '60D73419   1202194816 I S vnicserver0    VNIC Client Login',
  })
  text!: string;

  @ApiProperty({
    type: ServedDto,
    nullable: true,
    description:
      'Whom this vNIC server serves now; null when it is gone or could not be asked. Its name may have been given to ' +
      'another since the event.',
  })
  servesNow!: ServedDto | null;
}

export class VnicEventListDto {
  @ApiProperty({ type: PartitionRefDto, example: { name: 'vios1', id: 1 } })
  virtualIoServer!: PartitionRefDto;

  @ApiProperty({ type: [VnicEventDto], description: 'The newest first.' })
  items!: readonly VnicEventDto[];

  @ApiNextCursor()
  nextCursor!: string | null;

  @ApiProperty({
    type: [NotToldDto],
    description: 'What could not be read besides; empty when all could.',
    example: [],
  })
  notTold!: readonly NotToldDto[];
}
