import { ok, refuse, type Result } from '../refusal.js';
import type { PartitionRef } from '../hmc-language/partition-ref.js';
import { isVirtualIoServer, virtualIoServersOf, type Partition } from './partition.js';

/** A Virtual I/O Server by its name or its id; both are accepted when they agree. */
export interface VirtualIoServerReference {
  readonly name?: string | undefined;
  readonly id?: number | undefined;
}

/**
 * Which Virtual I/O Server a body means. `pointer` is the JSON Pointer of the reference.
 * Refuses with `unknown-reference` (there is none), `rule-violation` (a partition that is no VIOS, name and id of two
 * different ones, neither) or `ambiguous-name`.
 */
export function resolveVirtualIoServer(
  partitions: readonly Partition[],
  reference: VirtualIoServerReference,
  pointer: string,
): Result<PartitionRef> {
  const { name, id } = reference;
  if (name === undefined && id === undefined) {
    return refuse({ type: 'rule-violation', pointer, detail: 'Name a Virtual I/O Server by `name` or by `id`.' });
  }
  const found = partitions.filter((partition) => (id === undefined ? partition.name === name : partition.id === id));
  const [partition] = found;
  if (partition === undefined) {
    return refuse({
      type: 'unknown-reference',
      pointer: `${pointer}/${id === undefined ? 'name' : 'id'}`,
      detail: `There is no Virtual I/O Server with ${id === undefined ? `the name ${JSON.stringify(name)}` : `id ${id}`}. ${knownServers(partitions)}`,
    });
  }
  if (found.length > 1) {
    return refuse({
      type: 'ambiguous-name',
      pointer: `${pointer}/name`,
      detail: `${found.length} partitions have the name ${JSON.stringify(name)}. Name the Virtual I/O Server by \`id\`.`,
      members: { candidates: found.map((one) => ({ id: one.id, name: one.name })) },
    });
  }
  if (name !== undefined && partition.name !== name) {
    return refuse({
      type: 'rule-violation',
      pointer,
      detail: `Partition ${partition.id} has the name ${JSON.stringify(partition.name)}, not ${JSON.stringify(name)}. Give either \`name\` or \`id\`.`,
    });
  }
  if (!isVirtualIoServer(partition)) {
    return refuse({
      type: 'rule-violation',
      pointer,
      detail: `Partition ${partition.name} (id ${partition.id}) is no Virtual I/O Server. ${knownServers(partitions)}`,
    });
  }
  return ok({ name: partition.name, id: partition.id });
}

/** Whether a reference means this server, without a list of partitions: by its id where it has one. */
export function isReferenceTo(reference: VirtualIoServerReference, server: PartitionRef): boolean {
  return reference.id === undefined ? reference.name === server.name : reference.id === server.id;
}

function knownServers(partitions: readonly Partition[]): string {
  const servers = virtualIoServersOf(partitions);
  return servers.length === 0
    ? 'The managed system has none.'
    : `The managed system has ${servers.map(({ name, id }) => `${name} (id ${id})`).join(', ')}.`;
}
