import { ApiProperty } from '@nestjs/swagger';
import type { Partition } from '../../core/resources/partition.js';
import { ApiAttributes } from '../../http/attributes.decorator.js';
import { ApiNextCursor } from '../../http/page.dto.js';

/** A partition as other documents mention it. */
export class PartitionRefDto {
  @ApiProperty({ type: String, example: 'lizard' })
  name!: string;

  @ApiProperty({ type: 'integer', example: 6 })
  id!: number;
}

export class PartitionDto implements Partition {
  @ApiProperty({ type: 'integer', description: 'Identity within the managed system.', example: 6 })
  id!: number;

  @ApiProperty({ type: String, example: 'lizard' })
  name!: string;

  @ApiProperty({
    type: String,
    description: '`aixlinux`, `vioserver`, `os400`, or what else the HMC prints.',
    example: 'aixlinux',
  })
  environment!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: '`Running`, `Not Activated`, `Open Firmware` … as printed; null when the HMC does not know.',
    example: 'Running',
  })
  state!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'Whether the HMC reaches the operating system: `active`, `inactive`, `none`, `unknown`, `busy`. A running partition ' +
      'needs `active` for a change of its vNICs.',
    example: 'active',
  })
  rmcState!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'As printed, in the language of the HMC user.',
    example: 'AIX 7.2 7200-01-01-1642',
  })
  osVersion!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '00000006-ABCD-4EF0-8ABC-000000000006' })
  uuid!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'default' })
  currentProfile!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'default' })
  defaultProfile!: string | null;

  @ApiAttributes({ name: 'lizard', lpar_id: '6', lpar_env: 'aixlinux', state: 'Running' })
  attributes!: Readonly<Record<string, string>>;
}

export class PartitionListDto {
  @ApiProperty({ type: [PartitionDto] })
  items!: readonly PartitionDto[];

  @ApiNextCursor()
  nextCursor!: string | null;
}
