import {
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Param,
  ParseUUIDPipe,
  Post,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiProduces, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequireRole } from '../auth/access.decorators.js';
import { Caller, type CallerIdentity } from '../auth/caller.js';
import { ApiProblems, ApiSystemProblems } from '../http/api-problems.decorator.js';
import { DEFAULT_PAGE_SIZE, decodeCursor, encodeCursor } from '../http/paging.js';
import { invalidRequest } from '../http/problem-document.js';
import {
  FAILED_JOB_EXAMPLE,
  INDETERMINATE_JOB_EXAMPLE,
  queuedJobExample,
  succeededJobExample,
} from './dto/change-examples.js';
import { JobDto, JobListDto } from './dto/job.dto.js';
import { JobQuery } from './dto/job-query.dto.js';
import { JobEventStream } from './job-event-stream.js';
import { JobsService } from './jobs.service.js';
import type { JobView } from './job-view.js';
import { ReconcileService } from './reconcile.service.js';

const jobId = (): ParseUUIDPipe =>
  new ParseUUIDPipe({
    exceptionFactory: () => invalidRequest([{ parameter: 'jobId', detail: 'must be the UUID that the job was given' }]),
  });

function ApiJobParam(): MethodDecorator {
  return ApiParam({
    name: 'jobId',
    schema: { type: 'string', format: 'uuid' },
    description: 'The `id` of the job, as the change answered it.',
  });
}

@ApiTags('Jobs')
@Controller('v1/jobs')
export class JobsController {
  constructor(
    private readonly jobs: JobsService,
    private readonly stream: JobEventStream,
    private readonly reconciler: ReconcileService,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listJobs',
    summary: 'List the jobs',
    description:
      'Newest first. A narrow filter may answer a short page with a `nextCursor`: one call looks at a bounded number of ' +
      'records. Role: viewer.',
  })
  @ApiOkResponse({ type: JobListDto, description: 'One page of jobs.' })
  @ApiSystemProblems('store-unavailable')
  async list(@Query() query: JobQuery): Promise<{ items: JobView[]; nextCursor: string | null }> {
    const { system, state, operation } = query;
    const filter = {
      ...(system === undefined ? {} : { mtms: (await this.jobs.systemOf(system)).mtms }),
      ...(state === undefined ? {} : { state }),
      ...(operation === undefined ? {} : { operation }),
    };
    const before = query.cursor === undefined ? null : sequenceOf(query.cursor);
    const { items, nextSequence } = await this.jobs.list(filter, query.limit ?? DEFAULT_PAGE_SIZE, before);
    return { items, nextCursor: nextSequence === null ? null : encodeCursor([nextSequence]) };
  }

  @Get(':jobId')
  @ApiJobParam()
  @ApiOperation({
    operationId: 'getJob',
    summary: 'Show a job',
    description:
      'Its state, its place in the lane, the commands that were sent and what the HMC said, the readback. Poll it, or wait ' +
      'for the end with `Prefer: wait` on the change itself. Role: viewer.',
  })
  @ApiOkResponse({
    description: 'The job as it is now.',
    content: {
      'application/json': {
        schema: { $ref: getSchemaPath(JobDto) },
        examples: {
          succeeded: { summary: 'Succeeded', value: succeededJobExample('backing-device.activate') },
          queued: { summary: 'Queued', value: queuedJobExample('backing-device.activate') },
          failed: { summary: 'Failed: the HMC refused', value: FAILED_JOB_EXAMPLE },
          indeterminate: { summary: 'Indeterminate: the answer was lost', value: INDETERMINATE_JOB_EXAMPLE },
        },
      },
    },
  })
  @ApiProblems('not-found', 'store-unavailable')
  get(@Param('jobId', jobId()) id: string): Promise<JobView> {
    return this.jobs.get(id);
  }

  @Delete(':jobId')
  @HttpCode(200)
  @RequireRole('operator')
  @ApiJobParam()
  @ApiOperation({
    operationId: 'cancelJob',
    summary: 'Cancel a queued job',
    description:
      'A job that runs cannot be canceled: a command that is on its way to an HMC cannot be called back. ' +
      'Role: operator.',
  })
  @ApiOkResponse({ type: JobDto, description: 'The canceled job.' })
  @ApiProblems('forbidden', 'not-found', 'job-not-cancelable', 'store-unavailable')
  cancel(@Param('jobId', jobId()) id: string, @Caller() caller: CallerIdentity): Promise<JobView> {
    return this.jobs.cancel(id, caller.name);
  }

  @Post(':jobId/reconcile')
  @HttpCode(200)
  @RequireRole('operator')
  @ApiJobParam()
  @ApiOperation({
    operationId: 'reconcileJob',
    summary: 'Look again at an indeterminate job',
    description:
      'Reads the target. The wished state is there: the job becomes `succeeded`. It is not there, no command of the job ' +
      'can be at work any more, and all that it did is on record: `failed`, with its `effect`. Else the job stays ' +
      '`indeterminate`, and the last of its `warnings` says why: the command may still come, the HMC that ran it is away, ' +
      'another job has worked on the target since, its partition was moved, or Redis failed over while the job was at ' +
      'work. Nothing is changed on the HMC. Role: operator.',
  })
  @ApiOkResponse({ type: JobDto, description: 'The job as it stands now.' })
  @ApiSystemProblems('forbidden', 'not-found', 'job-not-indeterminate', 'store-unavailable')
  reconcile(@Param('jobId', jobId()) id: string): Promise<JobView> {
    return this.reconciler.reconcile(id);
  }

  @Get(':jobId/events')
  @ApiJobParam()
  @ApiOperation({
    operationId: 'streamJobEvents',
    summary: 'Follow a job by server-sent events',
    description:
      'Each event is named `job` and carries the whole job. The stream begins with the job as it is, or after ' +
      '`Last-Event-ID` with what came since, and ends after the final state. Role: viewer.',
  })
  @ApiProduces('text/event-stream')
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The `id` of the last event seen.',
    schema: { type: 'string' },
  })
  @ApiOkResponse({
    description: 'A stream of events.',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  @ApiProblems('not-found', 'store-unavailable')
  async events(
    @Param('jobId', jobId()) id: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (lastEventId !== undefined && !/^\d{1,16}-\d{1,16}$/.test(lastEventId)) {
      throw invalidRequest([{ parameter: 'Last-Event-ID', detail: 'must be the id of an event of this stream' }]);
    }
    const record = await this.jobs.record(id);
    await this.stream.send(record, lastEventId ?? null, request, reply);
  }
}

function sequenceOf(cursor: string): number {
  const [sequence] = decodeCursor(cursor);
  if (typeof sequence === 'number') return sequence;
  throw invalidRequest([{ parameter: 'cursor', detail: 'must be the nextCursor of an earlier page of this list' }]);
}
