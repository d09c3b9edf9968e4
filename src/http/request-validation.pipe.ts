import { ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { getMetadataStorage, type ValidationError } from 'class-validator';
import { invalidRequest, type RequestFault } from './problem-document.js';

/** Carries class-validator's errors from the exception factory, which does not know where they come from. */
class ValidationFailed extends Error {
  constructor(readonly errors: readonly ValidationError[]) {
    super('validation failed');
  }
}

/**
 * Checks bodies, queries and path parameters against their DTO. Every fault is named in one answer: by JSON Pointer in
 * a body, by name elsewhere. Unknown properties are refused, nothing is converted silently.
 */
export class RequestValidationPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      // The target tells which properties are known; the value is never sent back.
      validationError: { target: true, value: false },
      exceptionFactory: (errors) => new ValidationFailed(errors),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const isDto = metadata.metatype !== undefined && this.toValidate(metadata);
    if (metadata.type === 'body' && isDto && value !== undefined && !isObject(value)) {
      throw invalidRequest([{ pointer: '', detail: 'The body must be a JSON object.' }]);
    }
    const name = metadata.data;
    if ((metadata.type === 'param' || metadata.type === 'query') && name !== undefined && typeof value === 'string') {
      if (metadata.metatype === Number && !/^-?\d{1,15}$/.test(value)) {
        throw invalidRequest([{ parameter: name, detail: 'must be a whole number' }]);
      }
      if (metadata.metatype === Boolean && !/^(true|false)$/.test(value)) {
        throw invalidRequest([{ parameter: name, detail: 'must be true or false' }]);
      }
    }
    try {
      return (await super.transform(value, metadata)) as unknown;
    } catch (error) {
      if (error instanceof ValidationFailed) throw invalidRequest(faultsOf(error.errors, metadata.type === 'body'));
      throw error;
    }
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Flattens the tree of errors, each with its place. */
function faultsOf(
  errors: readonly ValidationError[],
  inBody: boolean,
  parents: readonly string[] = [],
): RequestFault[] {
  return errors.flatMap((error) => {
    const path = [...parents, error.property];
    // In the order in which the decorators stand, which class-validator turns round: the type first, then its ranges.
    const rules = Object.entries(error.constraints ?? {}).reverse();
    const own = rules.map(([rule, message]): RequestFault => {
      const detail =
        rule === 'whitelistValidation'
          ? unknownProperty(error)
          : rule === 'nestedValidation'
            ? 'must be an object'
            : message;
      return inBody ? { pointer: jsonPointer(path), detail } : { parameter: path.join('.'), detail };
    });
    return [...own, ...faultsOf(error.children ?? [], inBody, path)];
  });
}

function unknownProperty(error: ValidationError): string {
  const known = error.target === undefined ? [] : knownProperties(error.target);
  return known.length === 0
    ? `${error.property} is not known here: leave it out`
    : `${error.property} is not known here; known are ${known.join(', ')}`;
}

function knownProperties(target: object): string[] {
  const metadatas = getMetadataStorage().getTargetValidationMetadatas(target.constructor, '', false, false);
  return [...new Set(metadatas.map((metadata) => metadata.propertyName))].sort();
}

/** RFC 6901. */
export function jsonPointer(path: readonly string[]): string {
  return path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
