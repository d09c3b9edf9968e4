import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export interface ApiSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, ApiSchema>>;
  readonly example?: unknown;
  additionalProperties?: unknown;
}
export interface ApiParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: ApiSchema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}
interface ApiContent {
  readonly schema: ApiSchema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly $ref?: string; readonly value?: unknown }>>;
}
export interface ApiResponse {
  readonly description: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, ApiContent>>;
}
interface ApiOperationObject {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly object[];
  readonly parameters?: readonly ApiParameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, ApiContent>> };
  readonly responses: Readonly<Record<string, ApiResponse>>;
}
export interface ApiDocument {
  readonly openapi: string;
  readonly tags: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperationObject>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, ApiSchema>>;
    readonly examples: Readonly<Record<string, { readonly value: unknown }>>;
  };
}

/** One operation of the document, with its place. */
export interface ApiOperation extends ApiOperationObject {
  readonly operationId: string;
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** With its parameters in braces. */
  readonly path: string;
}

export const OPENAPI_FILE = 'openapi/openapi.yaml';

/** The description of the API as it is committed. */
export function committedDocument(): ApiDocument {
  return parse(readFileSync(OPENAPI_FILE, 'utf8')) as ApiDocument;
}

export function operationsOf(document: ApiDocument): ApiOperation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      ...operation,
      operationId: operation.operationId ?? `${method} ${path}`,
      method: method as ApiOperation['method'],
      path,
    })),
  );
}

/**
 * The path of an operation as "Try it out" fills it in, with the query that it cannot do without: with the
 * first example of each parameter.
 * @param values for parameters that have none, such as the id of a job
 */
export function filledPath(operation: ApiOperation, values: Readonly<Record<string, string>> = {}): string {
  const exampleOf = (place: 'path' | 'query', name: string): string => {
    const parameter = operation.parameters?.find((each) => each.in === place && each.name === name);
    const value =
      values[name] ??
      Object.values(parameter?.examples ?? {})[0]?.value ??
      parameter?.example ??
      parameter?.schema.example;
    if (typeof value !== 'string' && typeof value !== 'number') {
      throw new Error(`{${name}} of ${operation.operationId} has no example`);
    }
    return encodeURIComponent(value);
  };
  const path = operation.path.replace(/\{(\w+)\}/g, (_braces, name: string) => exampleOf('path', name));
  const query = (operation.parameters ?? [])
    .filter((parameter) => parameter.in === 'query' && parameter.required === true)
    .map(({ name }) => `${name}=${exampleOf('query', name)}`);
  return query.length === 0 ? path : `${path}?${query.join('&')}`;
}

/** The body of an operation as "Try it out" fills it in; undefined when it takes none. */
export function exampleBody(document: ApiDocument, operation: ApiOperation): object | undefined {
  const content = operation.requestBody?.content['application/json'];
  if (content === undefined) return undefined;
  const named = Object.values(content.examples ?? {})[0]?.value;
  if (named !== undefined) return named as object;
  const name = content.schema.$ref?.split('/').at(-1) ?? '';
  const properties = Object.entries(document.components.schemas[name]?.properties ?? {});
  return Object.fromEntries(properties.map(([property, schema]) => [property, schema.example]));
}
