import { setPhysicalPortLabel } from '../hmc-language/changes.js';
import { ok, refuse, type Refusal, type Result } from '../refusal.js';
import type { PhysicalPort } from '../resources/physical-port.js';
import type { Snapshot, SnapshotParts } from '../resources/snapshot.js';
import { isOnSamePort, portText } from '../resources/port-address.js';
import { absence } from './bound-target.js';
import type { Operation, Plan, Target } from './operation.js';
import type { PhysicalPortSetLabelRequest } from './requests.js';

/** Characters; RECALLED (hmc-cli.md §1.4). */
const MAX_LENGTH = { label: 16, subLabel: 8 } as const;

/** A readback has no vNICs: they were looked at before the command was sent. */
type LabelReading = Snapshot<'physicalPorts'> & Partial<Pick<SnapshotParts, 'vnics'>>;

/**
 * Label and sub-label of a physical port: what Live Partition Mobility and PowerVC match on. A member that is left out
 * stays as it is, an empty one removes the label (INFERRED). A port that carries vNICs gets no other label or sub-label
 * unless `force` says so.
 */
export const physicalPortSetLabel: Operation<PhysicalPortSetLabelRequest> = {
  name: 'physical-port.set-label',
  // The vNICs of the whole system are one command; by the logical ports it would be four.
  needs: ['physicalPorts', 'vnics'],
  readback: ['physicalPorts'],

  bind(snapshot: Snapshot<'physicalPorts'>, address, request) {
    const { physicalPort } = address;
    if (physicalPort === undefined) throw new Error('this operation needs a physical port in its path');
    const target: Target = { physicalPort };
    if (boundPort(snapshot, target) === undefined) {
      return refuse({
        type: 'target-not-found',
        detail: `There is no physical port ${portText(physicalPort)} on ${snapshot.system.name}. Ports are counted from 0; an adapter in dedicated mode shows none.`,
      });
    }
    const broken = labelRefusal(snapshot, physicalPort, request);
    return broken === null ? ok(target) : refuse(broken);
  },

  presence(snapshot: Snapshot<'physicalPorts'>, target) {
    return boundPort(snapshot, target) === undefined ? 'gone' : 'present';
  },

  plan(snapshot: LabelReading, target, request): Result<Plan> {
    const port = boundPort(snapshot, target);
    if (port === undefined) return refuse(absence('gone'));
    const broken = labelRefusal(snapshot, port, request);
    if (broken !== null) return refuse(broken);
    if (hasLabels(port, request)) return ok({ steps: [], target });
    const carries = request.force === true ? null : carriesVnics(snapshot, port);
    if (carries !== null) return refuse(carries);
    const { adapterId, physicalPortId } = port;
    const { label, subLabel } = request;
    const command = setPhysicalPortLabel({ mtms: snapshot.system.mtms, adapterId, physicalPortId, label, subLabel });
    return command.ok ? ok({ steps: [{ command: command.value, movesActive: false }], target }) : command;
  },

  holds(snapshot: Snapshot<'physicalPorts'>, target, request) {
    const port = boundPort(snapshot, target);
    return port !== undefined && hasLabels(port, request);
  },

  observe(snapshot: Snapshot<'physicalPorts'>, target) {
    const port = boundPort(snapshot, target);
    return port === undefined ? null : { label: port.label, subLabel: port.subLabel };
  },

  result(snapshot: Snapshot<'physicalPorts'>, target) {
    return boundPort(snapshot, target) ?? null;
  },
};

function boundPort(snapshot: Snapshot<'physicalPorts'>, { physicalPort }: Target): PhysicalPort | undefined {
  return physicalPort && snapshot.physicalPorts.find((port) => isOnSamePort(port, physicalPort));
}

function hasLabels(port: PhysicalPort, { label, subLabel }: PhysicalPortSetLabelRequest): boolean {
  return (label === undefined || label === port.label) && (subLabel === undefined || subLabel === port.subLabel);
}

/** How many vNICs the text names; the member `vnics` has all of them. */
const MOST_NAMED = 3;

/** `port-carries-vnics` when a vNIC of any partition has a backing device on the port, else null. */
function carriesVnics({ vnics = [] }: LabelReading, port: PhysicalPort): Refusal | null {
  const carried = vnics.filter(({ backingDevices }) => backingDevices.some((device) => isOnSamePort(device, port)));
  if (carried.length === 0) return null;
  const named = carried
    .slice(0, MOST_NAMED)
    .map(({ partition, slot, macAddress }) => `${partition.name} slot ${slot} (MAC ${macAddress ?? 'not told'})`);
  const more = carried.length - named.length;
  return {
    type: 'port-carries-vnics',
    detail:
      `${capitalised(portText(port))} carries ${carried.length} vNIC${carried.length === 1 ? '' : 's'}: ` +
      `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}. Live Partition Mobility finds their ports on another ` +
      'system by its label. To change it all the same say force: true (role admin).',
    members: { vnics: carried.map(({ partition, slot, macAddress }) => ({ partition, slot, macAddress })) },
  };
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** What the HMC prints where there is no value (hmc-cli.md §3): a label of these words would read as none. */
const NON_VALUE = /^(null|unavailable)$/i;

/**
 * Too long (`rule-violation`), or nothing that the command line can carry or the listing could show
 * (`not-representable`); else null.
 */
function labelRefusal(
  snapshot: Snapshot<'physicalPorts'>,
  { adapterId, physicalPortId }: { readonly adapterId: number; readonly physicalPortId: number },
  request: PhysicalPortSetLabelRequest,
): Refusal | null {
  for (const member of ['label', 'subLabel'] as const) {
    const value = request[member];
    if (value === undefined) continue;
    if ([...value].length > MAX_LENGTH[member]) {
      return {
        type: 'rule-violation',
        pointer: `/${member}`,
        detail: `${member} has ${[...value].length} characters. It may have at most ${MAX_LENGTH[member]}.`,
      };
    }
    if (NON_VALUE.test(value)) {
      return {
        type: 'not-representable',
        pointer: `/${member}`,
        detail: `${member} cannot be ${JSON.stringify(value)}: the HMC prints this word where there is no value, and nobody could tell the two apart. Choose another one; an empty string removes it.`,
      };
    }
    const alone = setPhysicalPortLabel({ mtms: snapshot.system.mtms, adapterId, physicalPortId, [member]: value });
    if (!alone.ok) return { ...alone.refusal, pointer: `/${member}` };
  }
  return null;
}
