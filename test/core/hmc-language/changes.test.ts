import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { formatBackingDeviceInput } from '../../../src/core/hmc-language/backing-device-notation.js';
import {
  activateBackingDevice,
  addBackingDevices,
  createVnic,
  removeBackingDevices,
  removeVnic,
  setFailoverPriority,
  setPhysicalPortLabel,
  setVnic,
} from '../../../src/core/hmc-language/changes.js';
import type { HmcCommand } from '../../../src/core/hmc-language/command.js';
import { renderCommand } from '../../../src/core/hmc-language/quote-word.js';
import { listSriovAdapters, listVnicsOfPartition } from '../../../src/core/hmc-language/reads.js';
import type { Result } from '../../../src/core/refusal.js';
import { normalisedCommand } from '../../support/normalised-command.js';
import { bashWords } from './bash-words.js';
import { hostileText } from './hostile-text.js';

const mtms = '9119-MME*65BA46F';
const vnic = { mtms, partition: { name: 'lizard', id: 6 }, slot: 6 };
const vios = (name: string, id: number, adapterId: number, failoverPriority: number) => ({
  virtualIoServer: { name, id },
  adapterId,
  physicalPortId: 1,
  capacity: 2,
  failoverPriority,
});

function built(result: Result<HmcCommand> | HmcCommand): string {
  if ('words' in result) return renderCommand(result);
  if (!result.ok) throw new Error(result.refusal.detail);
  return renderCommand(result.value);
}

describe('changes', () => {
  it.each([
    [
      'createVnic with everything',
      createVnic({
        ...vnic,
        waitMinutes: 5,
        portVlanId: 3455,
        portVlanPriority: 3,
        allowedVlanIds: [2, 3],
        macAddress: 'eaadf2188302',
        allowedOsMacAddresses: 'none',
        autoPriorityFailover: true,
        backingDevices: [vios('vios1', 1, 1, 10), { ...vios('vios2', 2, 3, 20), maxCapacity: 50 }],
      }),
      `chhwres -r virtualio -m '9119-MME*65BA46F' -o a --rsubtype vnic --id 6 -s 6 -w 5 -a 'port_vlan_id=3455,pvid_priority=3,allowed_vlan_ids="2,3",mac_addr=eaadf2188302,allowed_os_mac_addrs=none,auto_priority_failover=1,backing_devices="sriov/vios1//1/1/2.0/10,sriov/vios2//3/1/2.0/20/50.0"'`,
    ],
    [
      'createVnic with one device',
      createVnic({ ...vnic, waitMinutes: 5, backingDevices: [vios('vios1', 1, 1, 10)] }),
      `chhwres -r virtualio -m '9119-MME*65BA46F' -o a --rsubtype vnic --id 6 -s 6 -w 5 -a backing_devices=sriov/vios1//1/1/2.0/10`,
    ],
    [
      'setVnic',
      setVnic({ ...vnic, waitMinutes: 5, autoPriorityFailover: false }),
      `chhwres -r virtualio -m '9119-MME*65BA46F' -o s --rsubtype vnic --id 6 -s 6 -w 5 -a auto_priority_failover=0`,
    ],
    [
      'removeVnic',
      removeVnic({ ...vnic, waitMinutes: 5 }),
      `chhwres -r virtualio -m '9119-MME*65BA46F' -o r --rsubtype vnic --id 6 -s 6 -w 5`,
    ],
    [
      'addBackingDevices',
      addBackingDevices({ ...vnic, waitMinutes: 5, backingDevices: [vios('a', 1, 2, 30), vios('b', 2, 4, 40)] }),
      `chhwres -r virtualio -m '9119-MME*65BA46F' -o s --rsubtype vnic --id 6 -s 6 -w 5 -a '"backing_devices+=sriov/a//2/1/2.0/30,sriov/b//4/1/2.0/40"'`,
    ],
    [
      'removeBackingDevices',
      removeBackingDevices({ ...vnic, waitMinutes: 5, backingDevices: [vios('vios1', 1, 2, 30)] }),
      `chhwres -r virtualio -m '9119-MME*65BA46F' -o s --rsubtype vnic --id 6 -s 6 -w 5 -a backing_devices-=sriov/vios1//2/1/2.0/30`,
    ],
    [
      'setFailoverPriority',
      setFailoverPriority({ ...vnic, logicalPortId: '2700400b', priority: 11 }),
      `chhwres -r virtualio -m '9119-MME*65BA46F' -o s --rsubtype vnicbkdev -p lizard -s 6 --logport 2700400b -a failover_priority=11`,
    ],
    [
      'activateBackingDevice',
      activateBackingDevice({ ...vnic, partition: { name: "it's", id: 6 }, logicalPortId: '27008005' }),
      `chhwres -r virtualio -m '9119-MME*65BA46F' -o act --rsubtype vnicbkdev -p 'it'\\''s' -s 6 --logport 27008005`,
    ],
    [
      'setPhysicalPortLabel',
      setPhysicalPortLabel({ mtms, adapterId: 2, physicalPortId: 0, label: 'netA', subLabel: '' }),
      `chhwres -r sriov -m '9119-MME*65BA46F' --rsubtype physport -o s -a adapter_id=2,phys_port_id=0,phys_port_label=netA,phys_port_sub_label=`,
    ],
    [
      'setPhysicalPortLabel, sub-label alone',
      setPhysicalPortLabel({ mtms, adapterId: 2, physicalPortId: 0, subLabel: 'prod' }),
      `chhwres -r sriov -m '9119-MME*65BA46F' --rsubtype physport -o s -a adapter_id=2,phys_port_id=0,phys_port_sub_label=prod`,
    ],
  ])('%s', (_what, command, expected) => {
    expect(built(command)).toBe(expected);
    expect(command).toMatchObject({ ok: true, value: { kind: 'change' } });
  });

  it.each(['', '-o', '--all', 'a\nb'])('refuses the partition name %j where only a name is taken', (name) => {
    const device = { ...vnic, partition: { name, id: 6 }, logicalPortId: '27008005' };
    const refusal = { ok: false, refusal: { type: 'not-representable' } };
    expect(activateBackingDevice(device)).toMatchObject(refusal);
    expect(setFailoverPriority({ ...device, priority: 1 })).toMatchObject(refusal);
    // The vNIC itself goes by the partition's id.
    expect(removeVnic({ ...device, waitMinutes: 1 }).ok).toBe(true);
  });

  it.each(['a,b', 'a"b', 'a\nb'])('refuses the label %j', (label) => {
    expect(setPhysicalPortLabel({ mtms, adapterId: 1, physicalPortId: 0, label })).toMatchObject({
      ok: false,
      refusal: { type: 'not-representable' },
    });
  });

  it('reach the HMC with every value whole and in its place, or were refused', () => {
    const hostile = fc.record({ name: hostileText, viosName: hostileText, label: hostileText, mac: hostileText });
    let carried = 0;
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 20, maxLength: 40 }), (rows) => {
        const commands = rows.flatMap(({ name, viosName, label, mac }) => {
          const place = { ...vnic, partition: { name, id: 6 } };
          const device = { ...vios('x', 1, 1, 10), virtualIoServer: { name: viosName, id: 1 } };
          return [
            createVnic({ ...place, waitMinutes: 1, macAddress: mac, backingDevices: [device, device] }),
            addBackingDevices({ ...place, waitMinutes: 1, backingDevices: [device] }),
            activateBackingDevice({ ...place, logicalPortId: '2700400b' }),
            setPhysicalPortLabel({ mtms, adapterId: 1, physicalPortId: 1, label }),
            listVnicsOfPartition(mtms, name),
          ].flatMap((result) => (result.ok ? [result.value] : []));
        });
        carried += commands.length;
        // One bash for all: the words of all commands, one after the other.
        expect(bashWords(commands.map(renderCommand).join(' '))).toEqual(commands.flatMap((command) => command.words));
        for (const { words } of commands) {
          const options = words.slice(1);
          // Options and values take turns; no value is taken for an option.
          expect(
            options.every(
              (word, index) => (index % 2 === 0) === /^--?[a-z]/.test(typeof word === 'string' ? word : word.ref),
            ),
          ).toBe(true);
        }
      }),
      { numRuns: 15 },
    );
    expect(carried).toBeGreaterThan(500);
  });
});

describe("the commands of the seed's chapter", () => {
  const ours: readonly (readonly [seedStart: string, command: string])[] = [
    ['lshwres -r sriov --rsubtype adapter', built(listSriovAdapters(mtms))],
    ['lshwres -r virtualio', built(listVnicsOfPartition(mtms, 'lizard'))],
    [
      'chhwres -r virtualio -m reptilian-9119-MME-65BA46F -o a',
      built(
        createVnic({
          ...vnic,
          waitMinutes: 5,
          portVlanId: 3455,
          autoPriorityFailover: true,
          backingDevices: [vios('vios1', 1, 1, 10), vios('vios1', 1, 3, 20)],
        }),
      ),
    ],
    [
      'chhwres -r virtualio -m reptilian-9119-MME-65BA46F -o s',
      built(
        addBackingDevices({
          ...vnic,
          waitMinutes: 5,
          backingDevices: [vios('vios1', 1, 2, 30), vios('vios2', 2, 4, 40)],
        }),
      ),
    ],
    [
      'chhwres -m reptilian-9119-MME-65BA46F -r virtualio -o s --rsubtype vnicbkdev',
      built(setFailoverPriority({ ...vnic, logicalPortId: '2700400b', priority: 11 })),
    ],
    [
      'chhwres -m reptilian-9119-MME-65BA46F -r virtualio -o act',
      built(activateBackingDevice({ ...vnic, logicalPortId: '27008005' })),
    ],
    [
      'chhwres -m reptilian-9119-MME-65BA46F -r virtualio -o s --rsubtype vnic ',
      built(setVnic({ ...vnic, waitMinutes: 5, autoPriorityFailover: true })),
    ],
  ];
  const notOurs = ['lslic', 'updlic']; // firmware, from the seed's preparation, not its vNIC chapter

  const seed = readFileSync(new URL('../../fixtures/samples/hmc-commands-seed.txt', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

  it.each(seed.filter((line) => !notOurs.some((program) => line.startsWith(program))))('%s', (line) => {
    const [pair, ...more] = ours.filter(([start]) => line.startsWith(start));
    expect(more).toEqual([]);
    // The seed lets the HMC choose the slot of a new vNIC, ours always names it.
    const added = line.includes('-o a ') ? { '-s': '6' } : {};
    expect(normalisedCommand(pair?.[1] ?? '')).toBe(normalisedCommand(line, added));
  });

  it('are all there', () => {
    expect(seed).toHaveLength(ours.length + notOurs.length);
  });

  it('a device is written with the fields of the seed', () => {
    expect(formatBackingDeviceInput(vios('vios1', 1, 1, 10)).replace('/vios1/1/', '/vios1//')).toBe(
      'sriov/vios1//1/1/2.0/10',
    );
  });
});
