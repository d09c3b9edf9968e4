import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  formatBackingDeviceInput,
  parseBackingDeviceInput,
  parseBackingDevices,
  parseBackingDeviceStates,
  percentText,
} from '../../../src/core/hmc-language/backing-device-notation.js';
import { HmcOutputError } from '../../../src/core/hmc-language/hmc-output-error.js';

const vios1 = { virtualIoServer: { name: 'vios1', id: 1 }, adapterId: 3, physicalPortId: 0 };

describe('INPUT form, written', () => {
  it.each([
    ['all', { capacity: 2, failoverPriority: 10, maxCapacity: 50.5 }, 'sriov/vios1//3/0/2.0/10/50.5'],
    ['capacity and priority', { capacity: 2.5, failoverPriority: 10 }, 'sriov/vios1//3/0/2.5/10'],
    ['capacity alone', { capacity: 42.42 }, 'sriov/vios1//3/0/42.42'],
    ['priority alone', { failoverPriority: 10 }, 'sriov/vios1//3/0//10'],
    ['capacity and maximum', { capacity: 2, maxCapacity: 100 }, 'sriov/vios1//3/0/2.0//100.0'],
    ['nothing', {}, 'sriov/vios1//3/0//'],
  ])('with %s', (_what, wishes, text) => {
    expect(formatBackingDeviceInput({ ...vios1, ...wishes })).toBe(text);
  });

  it.each(['vios/1', 'vios,1', 'vios"1', 'vios\n1'])('names a VIOS called %j by its id', (name) => {
    expect(formatBackingDeviceInput({ ...vios1, virtualIoServer: { name, id: 7 }, capacity: 2 })).toBe(
      'sriov//7/3/0/2.0',
    );
  });

  it('never writes what is no percentage', () => {
    for (const percent of [Number.NaN, Infinity, -1, 1e-7, 1e21]) {
      expect(() => percentText(percent)).toThrow(RangeError);
    }
  });

  it('is read back as it was meant', () => {
    const percent = fc.integer({ min: 0, max: 10_000 }).map((hundredths) => hundredths / 100);
    const device = fc.record(
      {
        virtualIoServer: fc.record({ name: fc.stringMatching(/^[\w .-]{1,20}$/), id: fc.nat(65_535) }),
        adapterId: fc.nat(99),
        physicalPortId: fc.nat(7),
        capacity: percent,
        failoverPriority: fc.integer({ min: 1, max: 100 }),
        maxCapacity: percent,
      },
      { requiredKeys: ['virtualIoServer', 'adapterId', 'physicalPortId'] },
    );
    fc.assert(
      fc.property(device, (wish) => {
        expect(parseBackingDeviceInput(formatBackingDeviceInput(wish))).toEqual({
          capacity: null,
          failoverPriority: null,
          maxCapacity: null,
          ...wish,
          virtualIoServer: { name: wish.virtualIoServer.name, id: null },
        });
      }),
    );
  });
});

describe('INPUT form, read', () => {
  it.each([
    // SEED: no id
    ['sriov/vios1//1/1/2.0/10', { name: 'vios1', id: null }, { capacity: 2, failoverPriority: 10, maxCapacity: null }],
    // LIVE: no priority
    ['sriov/vios-a/100/1/1/2', { name: 'vios-a', id: 100 }, { capacity: 2, failoverPriority: null, maxCapacity: null }],
    // op-test: eight fields
    [
      'sriov/vios1/100/1/1/2.0/50/100.0',
      { name: 'vios1', id: 100 },
      { capacity: 2, failoverPriority: 50, maxCapacity: 100 },
    ],
    ['sriov//2/1/1//', { name: null, id: 2 }, { capacity: null, failoverPriority: null, maxCapacity: null }],
  ])('%s', (text, virtualIoServer, wishes) => {
    expect(parseBackingDeviceInput(text)).toEqual({ virtualIoServer, adapterId: 1, physicalPortId: 1, ...wishes });
  });

  it.each([
    '',
    'sriov/vios1/1/1/1',
    'veth/vios1/1/1/1/2.0',
    'sriov/v/1/1/1/2..0',
    'sriov/v/1/a/1/2.0',
    'sriov/v/1/1/1/2/1/1/1',
  ])('throws for %j', (text) => {
    expect(() => parseBackingDeviceInput(text)).toThrow(HmcOutputError);
  });
});

describe('OUTPUT form', () => {
  const nine = {
    logicalPortId: '27008003',
    virtualIoServer: { name: 'ltczep10-vios1', id: 100 },
    adapterId: 2,
    physicalPortId: 3,
    capacity: 24,
    desiredCapacity: 24.5,
    maxCapacity: null,
    desiredMaxCapacity: null,
    failoverPriority: 1,
  };

  it('reads eleven fields (LIVE)', () => {
    expect(parseBackingDevices('sriov/ltczep10-vios1/100/2/3/27008003/24.0/24.5/1/100.0/70.0')).toEqual([
      { ...nine, maxCapacity: 100, desiredMaxCapacity: 70 },
    ]);
  });

  it('takes no other field for the logical port where capacities come without decimals', () => {
    expect(parseBackingDevices('sriov/ltczep10-vios1/100/2/3/27008003/24/24.5/1/100/70')).toEqual([
      { ...nine, maxCapacity: 100, desiredMaxCapacity: 70 },
    ]);
    expect(parseBackingDevices('sriov/v/100/2/3/27008003/24/24/1/100/70')[0]).toMatchObject({
      virtualIoServer: { name: 'v', id: 100 },
      logicalPortId: '27008003',
      failoverPriority: 1,
    });
  });

  it('reads nine fields (INFERRED for older HMCs)', () => {
    expect(parseBackingDevices('sriov/ltczep10-vios1/100/2/3/27008003/24.0/24.5/1')).toEqual([nine]);
  });

  it('reads several, in the order printed, ids in lower case', () => {
    const text = 'sriov/v1/1/1/1/2700400B/2.0/2.0/10/100.0/100.0,sriov/v2/2/4/1/27010001/2.0/2.0/40/100.0/100.0';
    expect(parseBackingDevices(text).map((device) => device.logicalPortId)).toEqual(['2700400b', '27010001']);
  });

  it.each(['a/b', 'a/1/2', 'a,b', 'a,b/3', ' '])('reads a VIOS called %j in both lengths', (name) => {
    const rest = '100/2/3/27008003/24.0/24.5/1';
    const device = { ...nine, virtualIoServer: { name, id: 100 } };
    expect(parseBackingDevices(`sriov/${name}/${rest}`)).toEqual([device]);
    expect(parseBackingDevices(`sriov/${name}/${rest}/100.0/100.0,sriov/x/${rest}`)).toEqual([
      { ...device, maxCapacity: 100, desiredMaxCapacity: 100 },
      { ...nine, virtualIoServer: { name: 'x', id: 100 } },
    ]);
  });

  it('parts devices with a blank between them, too', () => {
    const device = 'sriov/ltczep10-vios1/100/2/3/27008003/24.0/24.5/1';
    expect(parseBackingDevices(`${device}, ${device}`)).toEqual([nine, nine]);
  });

  it.each(['', 'null', 'unavailable', 'Unknown'])('reads a device of which the HMC prints %j as capacity', (text) => {
    expect(parseBackingDevices(`sriov/ltczep10-vios1/100/2/3/27008003/${text}/24.5/1`)).toEqual([
      { ...nine, capacity: null },
    ]);
  });

  it.each(['', 'none', 'null', 'unavailable'])('reads %j as no device', (text) => {
    expect(parseBackingDevices(text)).toEqual([]);
    expect(parseBackingDeviceStates(text)).toEqual(new Map());
  });

  it.each([
    'sriov/v1/1/1/1/27004003/2.0/2.0',
    'sriov/v1/1/1/1/27004003/2.0/2.0/10/100.0',
    'sriov/v1/1/1/1/27004003/2.0/2.0/ten',
    'sriov/v1/1/1/1//2.0/2.0/10',
    'sriov/v1/1/1/1/27004003/2.0/2.0/10,sriov/v1/1/1',
    'sriov/v1/1/1/1/27004003/2.0.0/2.0/10',
  ])('throws for %j rather than give half of it', (text) => {
    expect(() => parseBackingDevices(text)).toThrow(HmcOutputError);
  });
});

describe('backing_device_states', () => {
  it('reads states with blanks in them', () => {
    expect(parseBackingDeviceStates('sriov/27004003/1/Operational,sriov/2700800B/0/Link Down')).toEqual(
      new Map([
        ['27004003', { active: true, status: 'Operational' }],
        ['2700800b', { active: false, status: 'Link Down' }],
      ]),
    );
  });

  it('reads no state where the HMC does not know them', () => {
    expect(parseBackingDeviceStates('Unknown')).toEqual(new Map());
  });

  it('makes null of what is no state', () => {
    expect(parseBackingDeviceStates('sriov/27004003/unavailable/')).toEqual(
      new Map([['27004003', { active: null, status: null }]]),
    );
  });

  it.each(['null', 'unavailable', 'none', 'Unknown', ''])('tells no state where one is of device %j', (id) => {
    const text = `sriov/27004003/0/Operational,sriov/${id}/0/Unknown`;
    expect(parseBackingDeviceStates(text)).toEqual(new Map());
  });

  it.each(['sriov/27004003/1', 'sriov/port/1/Operational'])('throws for %j', (text) => {
    expect(() => parseBackingDeviceStates(text)).toThrow(HmcOutputError);
  });
});
