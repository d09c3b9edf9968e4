import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath, type ApiResponseOptions } from '@nestjs/swagger';
import { PROBLEM_TYPES, type ProblemType } from '../core/problem-type.js';
import { PROBLEM_MEDIA_TYPE } from './problem-document.js';
import { ProblemDocumentDto } from './problem-document.dto.js';

/** What every operation under /v1 can answer, whatever it does. 403 stands where a key may be refused. */
const EVERYWHERE: readonly ProblemType[] = ['invalid-request', 'unauthorized', 'internal-error'];

/** What every operation that asks an HMC can answer besides. */
const HMC_READ: readonly ProblemType[] = [
  'hmc-refused',
  'hmc-authentication-failed',
  'hmc-host-key-refused',
  'hmc-output-not-understood',
  'hmc-unavailable',
  'hmc-timeout',
];

/** What comes with a status besides the document. */
const HEADERS: Readonly<Record<number, ApiResponseOptions['headers']>> = {
  401: { 'WWW-Authenticate': { description: 'RFC 6750.', schema: { type: 'string' } } },
  503: { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer' } } },
};

/** Documents the problems of an operation: one response a status, one example a type. Apply once to an operation. */
export function ApiProblems(...types: readonly ProblemType[]): MethodDecorator & ClassDecorator {
  const byStatus = new Map<number, ProblemType[]>();
  for (const type of new Set([...EVERYWHERE, ...types])) {
    const { status } = PROBLEM_TYPES[type];
    byStatus.set(status, [...(byStatus.get(status) ?? []), type]);
  }
  const responses = [...byStatus]
    .sort(([a], [b]) => a - b)
    .map(([status, ofStatus]) => problemResponse(status, ofStatus));
  return applyDecorators(ApiExtraModels(ProblemDocumentDto), ...responses);
}

/** ApiProblems of an operation that reads from the HMCs, whatever the system. */
export function ApiEstateProblems(...types: readonly ProblemType[]): MethodDecorator & ClassDecorator {
  return ApiProblems(...HMC_READ, ...types);
}

/** ApiProblems of an operation on one managed system, and of what else it can answer. */
export function ApiSystemProblems(...types: readonly ProblemType[]): MethodDecorator & ClassDecorator {
  return ApiProblems('target-not-found', 'ambiguous-name', 'system-not-connected', ...HMC_READ, ...types);
}

function problemResponse(status: number, types: readonly ProblemType[]): MethodDecorator & ClassDecorator {
  return ApiResponse({
    status,
    description: types.map((type) => `\`${type}\`: ${PROBLEM_TYPES[type].title}.`).join('\n\n'),
    ...(HEADERS[status] === undefined ? {} : { headers: HEADERS[status] }),
    content: {
      [PROBLEM_MEDIA_TYPE]: {
        schema: { $ref: getSchemaPath(ProblemDocumentDto) },
        examples: Object.fromEntries(types.map((type) => [type, { $ref: `#/components/examples/${type}` }])),
      },
    },
  });
}
