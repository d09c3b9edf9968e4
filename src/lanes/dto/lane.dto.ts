import { ApiProperty } from '@nestjs/swagger';
import { ApiNextCursor } from '../../http/page.dto.js';
import { JobDto, SystemRefDto } from '../../jobs/dto/job.dto.js';

export class LanePauseDto {
  @ApiProperty({ description: 'Name of the API key that paused it.', example: 'night-shift' })
  by!: string;

  @ApiProperty({ format: 'date-time' })
  at!: string;
}

/** The ordered line of jobs of one managed system. */
export class LaneDto {
  @ApiProperty({ type: SystemRefDto })
  managedSystem!: SystemRefDto;

  @ApiProperty({ type: LanePauseDto, nullable: true, description: 'null while the lane is open.' })
  paused!: LanePauseDto | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'No job starts before: a command with an unknown outcome may still be at work.',
  })
  closedUntil!: string | null;

  @ApiProperty({ type: JobDto, nullable: true })
  running!: JobDto | null;

  @ApiProperty({ type: 'integer', description: 'How many jobs wait.', example: 3 })
  queued!: number;

  @ApiProperty({ type: [JobDto], description: 'One page of the jobs that wait, in the order in which they will run.' })
  items!: JobDto[];

  @ApiNextCursor()
  nextCursor!: string | null;
}
