import type { PhysicalPort } from '../resources/physical-port.js';
import { isRunning, type SriovAdapter } from '../resources/sriov-adapter.js';
import type { Answer } from '../answer.js';
import { check, fail, pass, unknown, type ReadinessCheck } from './check.js';

/** One adapter of `listing`: in shared mode, and then whether it runs. */
export function checkAdapter(adapter: SriovAdapter, listing: Answer<unknown>): ReadinessCheck[] {
  const name = adapter.adapterId === null ? `slot ${adapter.slotId}` : `adapter ${adapter.adapterId}`;
  const subject = { kind: 'adapter', name } as const;
  const shared = check('adapter-shared', subject, 'shared mode (config_state sriov)', listing, () => {
    const found = `${adapter.mode ?? 'mode not told'} at ${adapter.physicalLocation ?? `slot ${adapter.slotId}`}`;
    if (adapter.mode === 'sriov') return pass(found);
    if (adapter.mode === 'dedicated') return fail(found, 'An adapter in dedicated mode has no ports to share.');
    return unknown(found, 'The HMC does not tell the mode of the adapter.');
  });
  if (shared.verdict === 'fail') return [shared];
  const running = check('adapter-running', subject, 'running and functional', listing, () => {
    const functional = { true: 'functional', false: 'not functional', null: 'function not told' };
    const found = `${adapter.status ?? 'status not told'}, ${functional[`${adapter.functional}`]}`;
    const runs = isRunning(adapter);
    if (runs === null || adapter.functional === null) {
      return unknown(found, 'The HMC does not tell whether the adapter works.');
    }
    return runs && adapter.functional
      ? pass(found)
      : fail(found, 'Backing devices on this adapter carry no traffic: look for it in the slot and in the events.');
  });
  return [shared, running];
}

/** One port of `listing`: whether it has a link. */
export function checkPhysicalPort(port: PhysicalPort, listing: Answer<unknown>): ReadinessCheck {
  const subject = { kind: 'physical-port', name: `adapter ${port.adapterId} port ${port.physicalPortId}` } as const;
  return check('physical-port-up', subject, 'link up', listing, () => {
    if (port.linkUp === null) return unknown('link not told', 'The HMC does not tell the state of the port.');
    return port.linkUp
      ? pass(port.label === '' ? 'up, no label' : `up, label ${port.label}`)
      : fail('down', 'Backing devices on this port are Link Down: check cable and switch, or leave the port alone.');
  });
}
