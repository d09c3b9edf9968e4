import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiHeader, ApiQuery, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import type { OperationName } from '../core/operations/operation.js';
import type { ProblemType } from '../core/problem-type.js';
import { ApiSystemProblems } from '../http/api-problems.decorator.js';
import { previewExample, queuedJobExample, succeededJobExample } from './dto/change-examples.js';
import { JobDto } from './dto/job.dto.js';
import { PlanPreviewDto } from './dto/plan-preview.dto.js';

const JOB_HEADERS = {
  Location: { description: 'Path of the job.', schema: { type: 'string' as const } },
  'Idempotency-Replayed': {
    description: '`true` when this Idempotency-Key has made the job before.',
    schema: { type: 'string' as const },
  },
};

/** Documents what every change takes and answers: the headers, the dry run, the job, the problems. */
export function ApiChange(operation: OperationName, ...problems: readonly ProblemType[]): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(JobDto, PlanPreviewDto),
    ApiQuery({
      name: 'dryRun',
      required: false,
      schema: { type: 'boolean', default: false },
      description: 'Reads and plans, shows the exact commands, sends none and stores nothing.',
    }),
    ApiHeader({
      name: 'Prefer',
      required: false,
      description: '`wait=N`: answer when the job is over, at most after N (up to 60) seconds.',
      schema: { type: 'string' },
      examples: { wait: { summary: 'wait for the end', value: 'wait=60' } },
    }),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'Makes a repeated call safe: the same key with the same request answers with the same job.',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    }),
    ApiHeader({
      name: 'If-Match',
      required: false,
      description:
        'The `etag` of the target as it was read: refused when it has changed since, also while in the lane.',
      schema: { type: 'string' },
    }),
    ApiResponse({
      status: 200,
      description: 'With `Prefer: wait`: the job in its final state; read `state`. With `dryRun=true`: the plan.',
      headers: {
        ...JOB_HEADERS,
        'Preference-Applied': { description: '`wait=N`', schema: { type: 'string' } },
      },
      content: {
        'application/json': {
          schema: { anyOf: [{ $ref: getSchemaPath(JobDto) }, { $ref: getSchemaPath(PlanPreviewDto) }] },
          examples: {
            succeeded: {
              summary: 'Prefer: wait=60, and the job has ended meanwhile',
              value: succeededJobExample(operation),
            },
            dryRun: { summary: 'dryRun=true', value: previewExample(operation) },
          },
        },
      },
    }),
    ApiResponse({
      status: 202,
      description: 'The job is stored and will run in its turn.',
      headers: {
        ...JOB_HEADERS,
        'Retry-After': { description: 'Seconds until it is worth asking for the job.', schema: { type: 'integer' } },
      },
      content: {
        'application/json': {
          schema: { $ref: getSchemaPath(JobDto) },
          examples: { queued: { summary: 'accepted', value: queuedJobExample(operation) } },
        },
      },
    }),
    ApiSystemProblems(
      'forbidden',
      'precondition-failed',
      'not-representable',
      'idempotency-key-reused',
      'store-unavailable',
      'too-many-requests',
      'malformed-json',
      'payload-too-large',
      'unsupported-media-type',
      ...problems,
    ),
  );
}
