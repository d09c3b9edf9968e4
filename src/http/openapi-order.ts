import type { OpenAPIObject } from '@nestjs/swagger';

type PathItem = OpenAPIObject['paths'][string];
type Operation = NonNullable<PathItem['get']>;
type Parameter = Exclude<NonNullable<Operation['parameters']>[number], { $ref: string }>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const PLACES = ['path', 'query', 'header', 'cookie'];

/**
 * The document in an order that does not depend on the order of modules and decorators: paths and components by name,
 * methods from reading to deleting, parameters as they stand in the path, then query, then headers.
 */
export function inOrder(document: OpenAPIObject): OpenAPIObject {
  const { openapi, info, servers, security, tags, paths, components, ...rest } = document;
  return {
    openapi,
    info,
    ...(servers === undefined ? {} : { servers }),
    ...(security === undefined ? {} : { security }),
    ...(tags === undefined ? {} : { tags }),
    paths: byName(paths, (item, path) => methodsInOrder(item, path)),
    components: byName<object, object>({ ...components }, (group) =>
      byName<unknown, unknown>({ ...group }, (each) => each),
    ),
    ...rest,
  };
}

function byName<T, U>(members: Readonly<Record<string, T>>, each: (member: T, name: string) => U): Record<string, U> {
  return Object.fromEntries(
    Object.entries(members)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, each(member, name)]),
  );
}

function methodsInOrder(item: PathItem, path: string): PathItem {
  const ordered: PathItem = {};
  for (const method of METHODS) {
    const operation = item[method];
    if (operation !== undefined) ordered[method] = parametersInOrder(operation, path);
  }
  return ordered;
}

function parametersInOrder(operation: Operation, path: string): Operation {
  if (operation.parameters === undefined) return operation;
  const rank = (parameter: Parameter): number =>
    parameter.in === 'path' ? path.indexOf(`{${parameter.name}}`) : path.length + PLACES.indexOf(parameter.in);
  const parameters = (operation.parameters as Parameter[]).toSorted((a, b) => rank(a) - rank(b));
  return { ...operation, parameters };
}
