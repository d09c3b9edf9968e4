import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Result } from '../core/refusal.js';
import {
  parseLogicalPortSegment,
  parseNumberSegment,
  parsePartitionSegment,
  parseSystemSegment,
} from './path-names.js';
import { ProblemError } from './problem-error.js';

/**
 * The parameters of the paths under /v1/managed-systems: for each a parameter decorator that reads it (400 when it
 * cannot be one), and a method decorator that documents it. The examples exist on the demo.
 */

/** `{system}`: the name or MTMS as given. */
export const SystemSegment = segment('system', parseSystemSegment);
/** `{partition}` as a PartitionAddress. */
export const PartitionSegment = segment('partition', (text) => parsePartitionSegment(text));
/** `{vios}` as a PartitionAddress. */
export const VirtualIoServerSegment = segment('vios', (text) => parsePartitionSegment(text, 'vios'));
export const SlotSegment = segment('slot', (text) => parseNumberSegment(text, 'slot'));
export const AdapterIdSegment = segment('adapterId', (text) => parseNumberSegment(text, 'adapterId'));
export const PhysicalPortIdSegment = segment('physicalPortId', (text) => parseNumberSegment(text, 'physicalPortId'));
/** `{logicalPortId}` in lower case. */
export const LogicalPortIdSegment = segment('logicalPortId', parseLogicalPortSegment);

function segment<T>(name: string, parse: (text: string) => Result<T>): () => ParameterDecorator {
  return createParamDecorator((_data: unknown, context: ExecutionContext): T => {
    const { params } = context.switchToHttp().getRequest<FastifyRequest<{ Params: Record<string, string> }>>();
    const result = parse(params[name] ?? '');
    if (!result.ok) throw new ProblemError(result.refusal);
    return result.value;
  });
}

export function ApiSystemParam(): MethodDecorator & ClassDecorator {
  return ApiParam({
    name: 'system',
    description:
      'Name or type-model*serial (MTMS) of a managed system; the `*` raw or as `%2A`. A name that several systems have is ' +
      'answered with 409 and the MTMS of each.',
    schema: { type: 'string' },
    examples: {
      name: { summary: 'by name', value: 'reptilian-9119-MME-65BA46F' },
      mtms: { summary: 'by MTMS', value: '9119-MME*65BA46F' },
    },
  });
}

/** `first`: the name that "Try it out" begins with. */
export function ApiPartitionParam(first: 'lizard' | 'iguana' = 'lizard'): MethodDecorator & ClassDecorator {
  return ApiParam({
    name: 'partition',
    description: 'Partition: digits are its id, anything else its name; `name:123` forces a name.',
    schema: { type: 'string' },
    examples: {
      name: { summary: 'by name', value: first },
      id: { summary: 'by id', value: first === 'lizard' ? '6' : '3' },
      forced: { summary: 'a name, whatever it looks like', value: `name:${first}` },
    },
  });
}

export function ApiVirtualIoServerParam(): MethodDecorator & ClassDecorator {
  return ApiParam({
    name: 'vios',
    description: 'Virtual I/O Server: digits are its id, anything else its name; `name:123` forces a name.',
    schema: { type: 'string' },
    examples: {
      name: { summary: 'by name', value: 'vios1' },
      id: { summary: 'by id', value: '1' },
    },
  });
}

/**
 * `first`: the slot that "Try it out" begins with. On the demo, iguana has vNICs in 4 and
 * 5, and lizard's first goes to 6.
 */
export function ApiSlotParam(first: 4 | 6 = 6): MethodDecorator & ClassDecorator {
  return ApiParam({
    name: 'slot',
    description: 'Virtual slot of the vNIC in the partition.',
    schema: { type: 'integer', minimum: 0, maximum: 99_999, example: first },
  });
}

/** On the demo this port carries no vNIC, so that its label can be changed. */
export function ApiPhysicalPortParams(): MethodDecorator & ClassDecorator {
  return applyDecorators(
    ApiParam({
      name: 'adapterId',
      description: 'Id of the SR-IOV adapter.',
      schema: { type: 'integer', minimum: 0, maximum: 99_999, example: 4 },
    }),
    ApiParam({
      name: 'physicalPortId',
      description: 'Id of the physical port on the adapter, counted from 0.',
      schema: { type: 'integer', minimum: 0, maximum: 99_999, example: 0 },
    }),
  );
}

export function ApiLogicalPortParam(example: '2700400b' | '27008005' = '2700400b'): MethodDecorator & ClassDecorator {
  return ApiParam({
    name: 'logicalPortId',
    description: 'Logical port id of the backing device: eight hexadecimal digits.',
    schema: { type: 'string', pattern: '^[0-9a-fA-F]{8}$', example },
  });
}
