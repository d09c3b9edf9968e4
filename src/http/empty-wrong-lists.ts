import { ARRAY_MAX_SIZE, getMetadataStorage, ValidationTypes } from 'class-validator';

/** Neither an object nor absent: refused wherever an object has to be. */
const NO_OBJECT = '';

/**
 * Takes out of a DTO what class-validator would look through although it is wrong as a whole: a list with more elements
 * than `@ArrayMaxSize` allows, and a list where an object has to be. Such a member is one fault, and costs nothing,
 * however long it is: class-validator itself checks and reports each element of it.
 */
export function emptyWrongLists(dto: object): void {
  const members = dto as Record<string, unknown>;
  const rules = getMetadataStorage().getTargetValidationMetadatas(dto.constructor, '', false, false);
  for (const { name, propertyName, constraints } of rules) {
    const value = members[propertyName];
    if (name === ARRAY_MAX_SIZE && Array.isArray(value) && value.length > Number(constraints[0])) {
      // Only its length counts from here on: class-validator passes over holes.
      members[propertyName] = new Array(value.length);
    }
  }
  for (const { type, each, propertyName } of rules) {
    if (type !== ValidationTypes.NESTED_VALIDATION) continue;
    const value = members[propertyName];
    const isList = each && Array.isArray(value);
    members[propertyName] = isList ? value.map(withoutWrongLists) : withoutWrongLists(value);
  }
}

function withoutWrongLists(value: unknown): unknown {
  if (Array.isArray(value)) return NO_OBJECT;
  if (typeof value === 'object' && value !== null) emptyWrongLists(value);
  return value;
}
