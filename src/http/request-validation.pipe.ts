import { ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { getMetadataStorage, validate, type ValidationError, type ValidatorOptions } from 'class-validator';
import { emptyWrongLists } from './empty-wrong-lists.js';
import { MAX_FAULTS, invalidRequest, type RequestFault } from './problem-document.js';
import type { ProblemError } from './problem-error.js';

/** Carries class-validator's errors from the exception factory, which does not know where they come from. */
class ValidationFailed extends Error {
  constructor(readonly errors: readonly ValidationError[]) {
    super('validation failed');
  }
}

/**
 * Checks bodies, queries and path parameters against their DTO. Every member at fault is named in one answer, once: by
 * JSON Pointer in a body, by name elsewhere. Unknown properties are refused, nothing is converted silently.
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
    const inherited = isDto ? inheritedNames(value) : [];
    if (inherited.length > 0) throw refusal(inherited, metadata.type === 'body');
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
      if (error instanceof ValidationFailed) throw refusal(brokenRules(error.errors), metadata.type === 'body');
      throw error;
    }
  }

  protected override validate(dto: object, options?: ValidatorOptions): Promise<ValidationError[]> {
    emptyWrongLists(dto);
    return validate(dto, options);
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Members named like one that every object has (`toString`, `constructor`): unknown everywhere. class-transformer drops
 * them before their names are checked, and takes `constructor` of a member without a type for its class. So they are
 * refused by themselves, before the rest is looked at.
 */
function inheritedNames(value: unknown, parents: readonly string[] = []): BrokenRule[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]): BrokenRule[] => {
    const path = [...parents, name];
    return name in Object.prototype
      ? [{ path, detail: () => `${name} is not known here: leave it out` }]
      : inheritedNames(member, path);
  });
}

function refusal(broken: readonly BrokenRule[], inBody: boolean): ProblemError {
  const faults = broken.slice(0, MAX_FAULTS).map(({ path, detail }): RequestFault => {
    return inBody ? { pointer: jsonPointer(path), detail: detail() } : { parameter: path.join('.'), detail: detail() };
  });
  return invalidRequest(faults, broken.length);
}

interface BrokenRule {
  readonly path: readonly string[];
  readonly detail: () => string;
}

/** Flattens the tree of errors: one rule for each member at fault. Such a member is not looked into. */
function brokenRules(errors: readonly ValidationError[], parents: readonly string[] = []): BrokenRule[] {
  return errors.flatMap((error): BrokenRule[] => {
    const path = [...parents, error.property];
    const { nestedValidation, whitelistValidation, ...rules } = error.constraints ?? {};
    if (whitelistValidation !== undefined) return [{ path, detail: () => unknownProperty(error) }];
    // The rule that stands first, the type: without it the others make no sense. class-validator turns round the order
    // in which the decorators stand.
    const first = Object.values(rules).at(-1);
    if (first !== undefined) return [{ path, detail: () => first }];
    if (nestedValidation !== undefined) return [{ path, detail: () => 'must be an object' }];
    return brokenRules(error.children ?? [], path);
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
