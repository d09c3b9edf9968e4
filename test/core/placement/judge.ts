import type { PlacementReading } from '../../../src/core/placement/eligible.js';

/**
 * What a set of devices survives, told by taking things away one after the other: written without the product's own
 * counting, so that a mistake there does not pass here.
 */
export interface Choice {
  readonly server: string;
  readonly adapterId: number;
  readonly physicalPortId: number;
}

type Thing = readonly [kind: string, name: string];

function thingsUnder(reading: PlacementReading, { server, adapterId, physicalPortId }: Choice): readonly Thing[] {
  const port = reading.physicalPorts.find(
    (one) => one.adapterId === adapterId && one.physicalPortId === physicalPortId,
  );
  const things: Thing[] = [
    ['server', server],
    ['adapter', String(adapterId)],
    ['port', `${adapterId}:${physicalPortId}`],
    ['enclosure', port?.location.replace(/-.*$/, '') ?? ''],
  ];
  return port === undefined || port.subLabel === '' ? things : [...things, ['fabric', port.subLabel]];
}

/** Every thing that can fail, of all ports that are given on all servers that are given. */
function everything(
  reading: PlacementReading,
  servers: readonly string[],
  ports: readonly Omit<Choice, 'server'>[],
): readonly Thing[] {
  const all = new Map<string, Thing>();
  for (const server of servers) {
    for (const port of ports) {
      for (const thing of thingsUnder(reading, { server, ...port })) all.set(thing.join('='), thing);
    }
  }
  return [...all.values()];
}

/** How many of the single and of the double failures leave a device working. */
export function survived(
  reading: PlacementReading,
  devices: readonly Choice[],
  among: { readonly servers: readonly string[]; readonly ports: readonly Omit<Choice, 'server'>[] },
): { readonly singles: number; readonly doubles: number } {
  const things = everything(reading, among.servers, among.ports);
  const standing = devices.map((one) => new Set(thingsUnder(reading, one).map((thing) => thing.join('='))));
  const isAlive = (failed: readonly Thing[]): boolean =>
    standing.some((needs) => failed.every((thing) => !needs.has(thing.join('='))));
  let singles = 0;
  let doubles = 0;
  for (const [i, thing] of things.entries()) {
    singles += isAlive([thing]) ? 1 : 0;
    for (const other of things.slice(i + 1)) doubles += isAlive([thing, other]) ? 1 : 0;
  }
  return { singles, doubles };
}
