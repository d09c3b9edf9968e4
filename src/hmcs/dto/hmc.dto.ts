import { ApiProperty } from '@nestjs/swagger';
import { ApiNextCursor } from '../../http/page.dto.js';

/** One managed system as one HMC lists it. */
class HmcSystemDto {
  @ApiProperty({ type: String, example: '9119-MME*65BA46F' })
  mtms!: string;

  @ApiProperty({ type: String, example: 'reptilian-9119-MME-65BA46F' })
  name!: string;

  @ApiProperty({ type: String, nullable: true, example: 'Operating' })
  state!: string | null;
}

/** Why an HMC could not be used the last time. */
class HmcErrorDto {
  @ApiProperty({
    type: String,
    description: '`unreachable`, `authentication-failed`, `locked-out`, `host-key-refused`, `timed-out` …',
    example: 'unreachable',
  })
  reason!: string;

  @ApiProperty({ type: String, description: 'In words, with what to do about it.' })
  message!: string;

  @ApiProperty({ type: String, format: 'date-time' })
  at!: string;
}

export class HmcDto {
  @ApiProperty({ type: String, description: 'Id in the configuration.', example: 'hmc1' })
  id!: string;

  @ApiProperty({ type: String, example: '127.0.0.1' })
  host!: string;

  @ApiProperty({ type: 'integer', example: 22 })
  port!: number;

  @ApiProperty({
    type: Boolean,
    nullable: true,
    description:
      'Whether it takes connections and answers; null = not tried yet, or not since it closed the last connection that there ' +
      'was. false as long as the circuit is not closed: no change can go there, even where a connection from before still ' +
      'answers reads.',
    example: true,
  })
  reachable!: boolean | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description:
      'When anything was last heard of it, be it a sign of life of an idle connection; null when nothing ever was.',
  })
  lastSeenAt!: string | null;

  @ApiProperty({
    enum: ['closed', 'open', 'half-open', 'locked-out'],
    description:
      'closed: in use. open: too many connections failed, or too many reads had no answer, just now; nothing is tried. ' +
      'half-open: the next try decides. locked-out: our login was refused, nothing is tried so that the account is not locked.',
    example: 'closed',
  })
  circuit!: 'closed' | 'open' | 'half-open' | 'locked-out';

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When the next try is let through; null while the circuit is closed.',
    example: null,
  })
  circuitOpenUntil!: string | null;

  @ApiProperty({
    type: HmcErrorDto,
    nullable: true,
    description: 'The latest failure of a connection, or of a read that got no answer (`timed-out`).',
  })
  lastError!: HmcErrorDto | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Level of the HMC, as last read; null when it never could be.',
    example: 'V10R3 SP1060',
  })
  level!: string | null;

  @ApiProperty({
    type: [HmcSystemDto],
    nullable: true,
    description: 'The managed systems it lists, as last read; null when they never could be.',
  })
  systems!: readonly HmcSystemDto[] | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When `systems` were read.',
  })
  systemsReadAt!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'Why `systems` could not be read the last time, or that they are still being waited for; null when they could.',
    example: null,
  })
  systemsProblem!: string | null;
}

export class HmcListDto {
  @ApiProperty({ type: [HmcDto] })
  items!: readonly HmcDto[];

  @ApiNextCursor()
  nextCursor!: string | null;
}
