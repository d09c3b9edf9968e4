import { electAll } from './estate.js';
import { emptySystem, fourPortCard, partition } from './default-estate.js';
import type { Estate, ManagedSystem } from './model.js';

/** Many small frames, each with two Virtual I/O Servers, one client and two adapters: for measuring. */
export function largeEstate(systems: number): Estate {
  return { systems: Array.from({ length: systems }, (_, i) => smallFrame(i)) };
}

function smallFrame(index: number): ManagedSystem {
  const number = String(index + 1).padStart(4, '0');
  const serial = (0x100_0000 + index).toString(16).toUpperCase();
  const address = `10.130.${Math.floor(index / 250) % 256}.${(index % 250) + 1}`;
  const system = emptySystem(`frame-${number}`, '9009-42A', serial, address);
  system.partitions.push(
    partition(1, 'vios1', 'vioserver', 'Running', 'active', 'VIOS 3.1.4.10', []),
    partition(2, 'vios2', 'vioserver', 'Running', 'active', 'VIOS 3.1.4.10', []),
    partition(3, 'client', 'aixlinux', 'Running', 'active', 'AIX 7.3 7300-01-01-2246', []),
  );
  system.adapters.push(
    fourPortCard(1, '21010020', `U78D2.001.W${serial}-P1-C3-C1`, ['prod-a', 'prod-b', '', '']),
    fourPortCard(2, '21010021', `U78D2.001.W${serial}-P1-C4-C1`, ['prod-a', 'prod-b', '', '']),
  );
  electAll(system);
  return system;
}
