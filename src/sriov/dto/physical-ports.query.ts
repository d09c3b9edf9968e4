import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { PagingQuery } from '../../http/paging.js';

export class PhysicalPortsQuery extends PagingQuery {
  @ApiPropertyOptional({
    type: String,
    description: 'Only ports with exactly this label; empty: only ports without one.',
    maxLength: 16,
  })
  @IsOptional()
  @IsString()
  @MaxLength(16)
  label?: string;
}
