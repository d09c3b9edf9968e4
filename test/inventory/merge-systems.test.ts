import { describe, expect, it } from 'vitest';
import type { ManagedSystem } from '../../src/core/resources/managed-system.js';
import { mergeSystems, systemsCalled } from '../../src/inventory/merge-systems.js';

function system(mtms: string, name: string, state: string | null = 'Operating'): ManagedSystem {
  return { mtms, name, state, ipAddress: null, attributes: {} };
}

describe('systems of several HMCs', () => {
  it('are merged by MTMS, whatever each HMC calls them', () => {
    const merged = mergeSystems([
      {
        hmcId: 'hmc1',
        readAt: 0,
        systems: [system('9119-MME*65BA46F', 'reptilian'), system('8286-42A*218CA0V', 'gharial')],
      },
      { hmcId: 'hmc2', readAt: 0, systems: [system('9119-MME*65BA46F', 'Server-9119-MME-65BA46F')] },
    ]);
    expect(merged.map(({ mtms, name, seenBy }) => [mtms, name, seenBy.map((view) => view.hmcId)])).toEqual([
      ['8286-42A*218CA0V', 'gharial', ['hmc1']],
      ['9119-MME*65BA46F', 'reptilian', ['hmc1', 'hmc2']],
    ]);
  });

  it('are served by an HMC that sees them Operating, and by the first of the configuration when none or several do', () => {
    const served = (first: string | null, second: string | null): unknown => {
      const [merged] = mergeSystems([
        { hmcId: 'hmc1', readAt: 0, systems: [system('M*1', 'one', first)] },
        { hmcId: 'hmc2', readAt: 0, systems: [system('M*1', 'two', second)] },
      ]);
      return [merged?.name, merged?.state, merged?.seenBy.map((view) => view.hmcId)];
    };
    expect(served('No Connection', 'Operating')).toEqual(['two', 'Operating', ['hmc2', 'hmc1']]);
    expect(served('Operating', 'Operating')).toEqual(['one', 'Operating', ['hmc1', 'hmc2']]);
    expect(served(null, 'Power Off')).toEqual(['one', null, ['hmc1', 'hmc2']]);
  });

  it('are found by MTMS or by any name; a name of several finds several', () => {
    const merged = mergeSystems([
      { hmcId: 'hmc1', readAt: 0, systems: [system('M*1', 'twin'), system('M*2', 'twin'), system('M*3', 'alone')] },
      { hmcId: 'hmc2', readAt: 0, systems: [system('M*3', 'otherwise')] },
    ]);
    const found = (text: string): string[] => systemsCalled(merged, text).map(({ mtms }) => mtms);
    expect(found('M*2')).toEqual(['M*2']);
    expect(found('twin')).toEqual(['M*1', 'M*2']);
    expect(found('alone')).toEqual(['M*3']);
    expect(found('otherwise')).toEqual(['M*3']);
    expect(found('nobody')).toEqual([]);
  });
});
