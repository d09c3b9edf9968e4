import { ApiProperty } from '@nestjs/swagger';

export class LiveDto {
  @ApiProperty({ enum: ['live'], example: 'live' })
  status!: 'live';
}

export class ReadinessResultDto {
  @ApiProperty({ example: true })
  ready!: boolean;

  @ApiProperty({ example: 'Redis answers and takes writes.' })
  detail!: string;
}

class HmcHealthDto {
  @ApiProperty({ description: 'Id of the HMC in the configuration.', example: 'hmc1' })
  id!: string;

  @ApiProperty({
    type: Boolean,
    nullable: true,
    description:
      'Whether it takes connections and answers. `null`: not tried yet, or not since it closed the last connection that there ' +
      'was; `false` as long as the circuit is not closed.',
    example: true,
  })
  reachable!: boolean | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When anything was last heard of it; null when nothing ever was.',
  })
  lastSeenAt!: string | null;

  @ApiProperty({ enum: ['closed', 'open', 'half-open', 'locked-out'], example: 'closed' })
  circuit!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why the last connection failed, or `timed-out`: a read got no answer.',
    example: null,
  })
  lastError!: string | null;
}

export class ReadyDto {
  @ApiProperty({ enum: ['ready', 'not-ready'], example: 'ready' })
  status!: 'ready' | 'not-ready';

  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: '#/components/schemas/ReadinessResultDto' },
    example: {
      redis: { ready: true, detail: 'Redis answers and takes writes.' },
      durability: { ready: true, detail: 'Redis keeps every write: appendonly yes, appendfsync always, noeviction.' },
    },
  })
  checks!: Record<string, ReadinessResultDto>;

  @ApiProperty({ type: [HmcHealthDto], description: 'An HMC that is away does not make the service unready.' })
  hmcs!: HmcHealthDto[];
}
