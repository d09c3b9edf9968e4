import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';

/** `nextCursor` of a list document; for lists that never grow beyond one page it is always null. */
export function ApiNextCursor(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      type: String,
      nullable: true,
      description: 'Give it as `?cursor=` for the next page; null on the last page.',
      example: null,
    }),
  );
}

/** A list that is always answered whole. */
export function wholeList<T>(items: readonly T[]): { items: readonly T[]; nextCursor: null } {
  return { items, nextCursor: null };
}
