import {
  Injectable,
  UseInterceptors,
  type Type,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { map, type Observable } from 'rxjs';

/** Where and when a reply was read; `Snapshot` has these members. */
export interface ReadingOrigin {
  /** null where several HMCs have a part in it, and the reply itself says which. */
  readonly hmcId: string | null;
  /** ISO 8601, UTC, when the first command was sent. */
  readonly takenAt: string;
}

/** What a service hands to its controller: the body of the reply, and what goes into its headers. */
export class Reading<T> {
  constructor(
    readonly body: T,
    readonly origin: ReadingOrigin,
    /** Strong entity tag with its quotes, of a single resource that can be changed. */
    readonly etag?: string,
  ) {}
}

/** The id of the HMC that a reply was read from. */
const HMC_ID_HEADER = 'HMC-Id';
/** When it was read: ISO 8601, UTC, the time at which the first command was sent. */
const SNAPSHOT_TIME_HEADER = 'Snapshot-Time';

/**
 * Sends the body of a Reading, and its origin and entity tag as headers, so that the documents stay the contract's.
 *
 * No `304` is ever sent for `If-None-Match`: the tag stands for the configuration only, and who is active may have
 * changed under the same tag.
 */
@Injectable()
class ReadingInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      map((value: unknown) => {
        if (!(value instanceof Reading)) return value;
        const reply = context.switchToHttp().getResponse<FastifyReply>();
        if (value.origin.hmcId !== null) reply.header(HMC_ID_HEADER, value.origin.hmcId);
        reply.header(SNAPSHOT_TIME_HEADER, value.origin.takenAt);
        if (value.etag !== undefined) reply.header('ETag', value.etag);
        return value.body as unknown;
      }),
    );
  }
}

/** On a controller whose services answer with a Reading. */
export function AnswersReadings(): ClassDecorator & MethodDecorator {
  return UseInterceptors(ReadingInterceptor);
}

/** Documents the 200 of an operation that answers with a Reading of `type`. */
export function ApiReading(type: Type, options: { readonly etag: boolean } = { etag: false }): MethodDecorator {
  return ApiOkResponse({
    type,
    description: 'As the HMC showed it.',
    headers: {
      [HMC_ID_HEADER]: { description: 'Id of the HMC that this was read from.', schema: { type: 'string' } },
      [SNAPSHOT_TIME_HEADER]: {
        description: 'When it was read: the time at which the first command was sent.',
        schema: { type: 'string', format: 'date-time' },
      },
      ...(options.etag ? { ETag: ETAG_HEADER } : {}),
    },
  });
}

/** Documents the 200 of an operation that answers with a Reading of `type` which several HMCs may have a part in. */
export function ApiMergedReading(type: Type, description: string): MethodDecorator {
  return ApiOkResponse({
    type,
    description,
    headers: {
      [SNAPSHOT_TIME_HEADER]: {
        description: 'When the oldest list of an HMC that is in it was asked for.',
        schema: { type: 'string', format: 'date-time' },
      },
    },
  });
}

const ETAG_HEADER = {
  description:
    'Entity tag of the configuration, for `If-Match`. It does not change with who is active, status and attributes, so ' +
    'no 304 is ever answered.',
  schema: { type: 'string' as const },
};
