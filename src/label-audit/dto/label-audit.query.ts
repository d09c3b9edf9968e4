import { ApiProperty } from '@nestjs/swagger';
import { IsString, Matches, MaxLength } from 'class-validator';
import { PagingQuery } from '../../http/paging.js';
import { NoControlCharacters } from '../../http/no-control-characters.decorator.js';

/** Every system is compared with every other one: the reply grows with the square. */
const NAMES = 'must be 1 to 10 names or MTMSs of managed systems, with commas between them';

/** `limit` counts the partitions in all moves together. */
export class LabelAuditQuery extends PagingQuery {
  @ApiProperty({
    type: String,
    description:
      'Names or MTMSs of 1 to 10 managed systems, with commas between them; blanks around a name do not count. One whose name ' +
      'holds a comma goes by its MTMS.',
    maxLength: 2000,
    example: 'reptilian-9119-MME-65BA46F,saurian-9119-MME-659707C',
  })
  @IsString({ message: NAMES })
  @MaxLength(2000, { message: 'must have at most 2000 characters' })
  @NoControlCharacters()
  @Matches(/^ *[^, ][^,]*(, *[^, ][^,]*){0,9}$/, { message: NAMES })
  systems!: string;

  names(): string[] {
    return this.systems.split(',').map((name) => name.trim());
  }
}
