import { hundredths, neighbouringMultiples } from '../resources/percent.js';
import { portText } from '../resources/port-address.js';
import type { Refusal } from '../refusal.js';
import type { PhysicalPort } from '../resources/physical-port.js';
import {
  dividesNot,
  leavesNoRoom,
  limitsNot,
  type Eligible,
  type PlacementReading,
  type PortExclusionCode,
} from './eligible.js';
import { isOfWish, type PlacementWish } from './placement-request.js';

/**
 * The refusal (`rule-violation`, pointing at the member) of a capacity or maximum that none of the ports of the wish
 * can ever give, whatever their state: then the request is at fault, not the estate. Null when a port can.
 */
export function neverFits(reading: PlacementReading, wish: PlacementWish, pointer: string): Refusal | null {
  const { capacity, maxCapacity, names, shown } = wish;
  const ports = reading.physicalPorts.filter((port) => isOfWish(wish, port));
  if (capacity !== undefined && ports.every((port) => dividesNot(port, wish))) {
    const step = commonStep(ports);
    const fix = neighbouringMultiples(capacity, step).map(shown).join(' or ');
    return {
      type: 'rule-violation',
      pointer: `${pointer}/${names.capacity}`,
      detail: `${names.capacity} ${shown(capacity)} is not a multiple of the granularity of ${which(ports, wish)}, ${stepsOf(ports).map(shown).join(' or ')}. Use ${fix}.`,
      members: { capacityGranularity: step },
    };
  }
  if (ports.every((port) => limitsNot(reading, port, wish))) {
    return {
      type: 'rule-violation',
      pointer: `${pointer}/${names.maxCapacity}`,
      detail: `No adapter of ${which(ports, wish)} can limit the maximum capacity. Leave ${names.maxCapacity} out.`,
    };
  }
  if (maxCapacity !== undefined && ports.every((port) => leavesNoRoom(port, wish))) {
    const step = Math.min(...ports.flatMap(({ capacityGranularity }) => capacityGranularity ?? []));
    return {
      type: 'rule-violation',
      pointer: `${pointer}/${names.maxCapacity}`,
      detail: `${names.maxCapacity} ${shown(maxCapacity)} is below the smallest capacity of a device on ${which(ports, wish)}, ${shown(step)}. Give at least ${shown(step)}.`,
      members: { capacityGranularity: step },
    };
  }
  return null;
}

/**
 * What every port takes: the least common multiple of the granularities, or the smallest of them where that is too
 * much.
 */
function commonStep(ports: readonly PhysicalPort[]): number {
  const steps = stepsOf(ports).map(hundredths);
  const common = steps.reduce((a, b) => (a * b) / greatestCommonDivisor(a, b), 1);
  return (common <= 10_000 ? common : Math.min(...steps)) / 100;
}

/** The granularities of the ports, each once. */
const stepsOf = (ports: readonly PhysicalPort[]): readonly number[] =>
  [...new Set(ports.flatMap(({ capacityGranularity }) => capacityGranularity ?? []))].sort((a, b) => a - b);

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));

/**
 * Why there are too few places (`no-placement`): the cause where there is one, else every cause with the number of
 * ports. `onPorts`: how many devices the ports take, with the logical ports that their adapters have left.
 */
export function cannot(wish: PlacementWish, eligible: Eligible, onPorts: number): Refusal {
  const { redundancy } = wish;
  const { servers, excludedPorts, excludedVirtualIoServers } = eligible;
  const possible = servers.length === 0 ? 0 : onPorts;
  const causes = [
    ...(servers.length === 0 ? [serverCause(eligible)] : []),
    ...(onPorts < redundancy ? portCauses(wish, eligible, onPorts) : []),
  ];
  const asked = redundancy === 1 ? '1 backing device is' : `${redundancy} backing devices are`;
  return {
    type: 'no-placement',
    detail: `${asked} asked for, ${possible === 0 ? 'none' : possible} can be placed. ${causes.join(' ')}`,
    members: { possible, excludedPorts, excludedVirtualIoServers },
  };
}

function serverCause({ excludedVirtualIoServers }: Eligible): string {
  return excludedVirtualIoServers.length === 0
    ? 'The system has no Virtual I/O Server.'
    : `No Virtual I/O Server can take one now. ${excludedVirtualIoServers.map(({ name, reason }) => `${name}: ${reason}`).join(' ')}`;
}

/** After "On 2 of 4 ports". */
const CAUSES: Readonly<Record<PortExclusionCode, string>> = {
  'adapter-not-running': 'the adapter does not run',
  'adapter-not-shared': 'the adapter is not in shared mode',
  'port-link-down': 'the link is down',
  'capacity-granularity': 'the capacity is not a multiple of the granularity',
  'max-capacity-not-supported': 'the adapter cannot limit the maximum capacity',
  'max-capacity-too-low': 'the maximum capacity is below the smallest capacity',
  'no-capacity-left': 'too little capacity is left',
  'no-logical-port-left': 'no logical port is left',
};

function portCauses(wish: PlacementWish, { ports, excludedPorts }: Eligible, onPorts: number): string[] {
  const total = ports.length + excludedPorts.length;
  const codes = [...new Set(excludedPorts.map(({ code }) => code))];
  const excluded = codes.map((code) => {
    const count = excludedPorts.filter((port) => port.code === code).length;
    const on = total === 1 ? 'the only port' : count === total ? `all ${total} ports` : `${count} of ${total} ports`;
    return `On ${on} ${where(wish)} ${CAUSES[code]}.`;
  });
  return [
    ...(total < wish.redundancy
      ? [`There ${total === 1 ? 'is 1 port' : `are ${total} ports`} ${where(wish)}, and a vNIC uses a port once.`]
      : []),
    ...excluded,
    ...(onPorts < ports.length
      ? [
          `On the other ${ports.length} ports there is room for ${onPorts}: so many logical ports their adapters have left.`,
        ]
      : []),
  ];
}

function where({ ports, label, names, unlabelledToo }: PlacementWish): string {
  if (ports !== undefined) return 'of the list';
  return unlabelledToo ? `of ${names.label} ${JSON.stringify(label)}` : `with the label ${JSON.stringify(label)}`;
}

function which(ports: readonly PhysicalPort[], wish: PlacementWish): string {
  const [first] = ports;
  return ports.length === 1 && first !== undefined ? portText(first) : `any port ${where(wish)}`;
}
