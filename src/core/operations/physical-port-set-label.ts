import { setPhysicalPortLabel } from '../hmc-language/changes.js';
import { ok, refuse, type Refusal, type Result } from '../refusal.js';
import type { PhysicalPort } from '../resources/physical-port.js';
import type { Snapshot } from '../resources/snapshot.js';
import { isOnSamePort, portText } from './backing-device-request.js';
import { absence } from './bound-target.js';
import type { Operation, Plan, Target } from './operation.js';
import type { PhysicalPortSetLabelRequest } from './requests.js';

/** Characters; RECALLED (hmc-cli.md §1.4). */
const MAX_LENGTH = { label: 16, subLabel: 8 } as const;

/**
 * Label and sub-label of a physical port: what Live Partition Mobility and PowerVC match on. A member that is left out
 * stays as it is, an empty one removes the label (INFERRED).
 */
export const physicalPortSetLabel: Operation<PhysicalPortSetLabelRequest> = {
  name: 'physical-port.set-label',
  needs: ['physicalPorts'],
  readback: ['physicalPorts'],

  bind(snapshot: Snapshot<'physicalPorts'>, address, request) {
    const { physicalPort } = address;
    if (physicalPort === undefined) {
      throw new Error('this operation needs a physical port in its path');
    }
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

  plan(snapshot: Snapshot<'physicalPorts'>, target, request): Result<Plan> {
    const port = boundPort(snapshot, target);
    if (port === undefined) {
      return refuse(absence('gone'));
    }
    const broken = labelRefusal(snapshot, port, request);
    if (broken !== null) {
      return refuse(broken);
    }
    if (hasLabels(port, request)) {
      return ok({ steps: [], target });
    }
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
    if (value === undefined) {
      continue;
    }
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
    if (!alone.ok) {
      return { ...alone.refusal, pointer: `/${member}` };
    }
  }
  return null;
}
