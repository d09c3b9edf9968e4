import type { PhysicalPort } from './physical-port.js';
import { isRunning, type SriovAdapter } from './sriov-adapter.js';

/** Why a port takes no device now, whatever its room; null when nothing speaks against it. */
export function whyNotWorking(
  { adapters }: { readonly adapters: readonly SriovAdapter[] },
  { adapterId, linkUp }: PhysicalPort,
): { readonly part: 'adapter' | 'link'; readonly reason: string } | null {
  const adapter = adapters.find((one) => one.adapterId === adapterId);
  if (adapter !== undefined && isRunning(adapter) === false) {
    return { part: 'adapter', reason: `Adapter ${adapterId} is ${JSON.stringify(adapter.status)}, not running.` };
  }
  if (adapter?.functional === false) return { part: 'adapter', reason: `Adapter ${adapterId} is not functional.` };
  return linkUp === false ? { part: 'link', reason: 'Its link is down.' } : null;
}
