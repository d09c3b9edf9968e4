import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failoverView } from '../../../src/core/views/failover-view.js';
import { isOperational, type BackingDevice } from '../../../src/core/resources/backing-device.js';
import type { Vnic } from '../../../src/core/resources/vnic.js';
import { device, vnic as vnicOf } from '../operations/estate.js';

/** The seed's vNIC. */
const vnic = (backingDevices: readonly BackingDevice[], autoPriorityFailover: boolean | null = true): Vnic =>
  vnicOf({ backingDevices, autoPriorityFailover });

const vios2 = { name: 'vios2', id: 2 };
const first = device({ logicalPortId: '2700400b', failoverPriority: 10, active: true });
const second = device({ logicalPortId: '2700c003', adapterId: 3, failoverPriority: 20, virtualIoServer: vios2 });
const third = device({ logicalPortId: '27008005', adapterId: 2, failoverPriority: 30 });
const fourth = device({ logicalPortId: '27010003', adapterId: 4, failoverPriority: 100, virtualIoServer: vios2 });

const codes = (of: Vnic): string[] => failoverView(of).warnings.map((warning) => warning.code);

describe('who is active and who is next', () => {
  it('orders by the number, not by the text, and has nothing to warn of when all is well', () => {
    const view = failoverView(vnic([fourth, third, first, second]));
    expect(view.order.map((each) => each.failoverPriority)).toEqual([10, 20, 30, 100]);
    expect(view.active).toBe(first);
    expect(view.next).toBe(second);
    expect(view.preferred).toBe(first);
    expect(view.automatic).toBe(true);
    expect(view.warnings).toEqual([]);
    expect(view).toMatchObject({ partition: { name: 'lizard', id: 6 }, slot: 6, autoPriorityFailover: true });
  });

  it('passes over a device whose link is down', () => {
    const down = { ...second, status: 'Link Down' };
    const view = failoverView(vnic([first, down, third]));
    expect(view.next).toBe(third);
    expect(view.warnings).toEqual([
      { code: 'device-not-operational', detail: expect.stringContaining('Link Down'), logicalPortId: '2700c003' },
    ]);
  });

  it('keeps the active one as preferred among equals, and says that equals are undefined', () => {
    const a = { ...first, active: false };
    const b = { ...second, failoverPriority: 10, active: true };
    const view = failoverView(vnic([a, b]));
    expect(view.preferred).toBe(b);
    expect(view.warnings.map((warning) => warning.code)).toEqual(['equal-priorities']);
  });
});

describe('warnings', () => {
  it('after a manual activation: automatic failover is off and the active one is not the lowest', () => {
    const activated = vnic([{ ...first, active: false }, second, { ...third, active: true }], false);
    const view = failoverView(activated);
    expect(view.automatic).toBe(false);
    expect(view.next?.logicalPortId).toBe('2700400b');
    expect(view.preferred?.logicalPortId).toBe('2700400b');
    expect(view.warnings.map((warning) => warning.code)).toEqual(['auto-failover-off', 'active-not-lowest']);
    expect(view.warnings[1]).toMatchObject({ logicalPortId: '27008005' });
  });

  it('only one operational', () => {
    const view = failoverView(vnic([first, { ...second, status: 'Powered Off' }]));
    expect(view.next).toBeNull();
    expect(view.automatic).toBe(false);
    expect(view.warnings.map((warning) => warning.code)).toEqual(['no-operational-standby', 'device-not-operational']);
  });

  it('a single device', () => {
    expect(codes(vnic([first]))).toEqual(['single-backing-device']);
  });

  it('none operational, the dead one still active', () => {
    const dead = vnic([
      { ...first, status: 'Link Down' },
      { ...second, status: 'Unresponsive' },
    ]);
    expect(codes(dead)).toEqual(['none-operational', 'active-not-operational', 'device-not-operational']);
    expect(failoverView(dead).preferred).toBeNull();
  });

  it('none active', () => {
    expect(codes(vnic([{ ...first, active: false }, second]))).toEqual(['no-active-device']);
  });

  it('all on one Virtual I/O Server, all on one adapter', () => {
    const sameServer = { ...second, virtualIoServer: first.virtualIoServer };
    expect(codes(vnic([first, sameServer]))).toEqual(['one-virtual-io-server']);
    const sameAdapter = { ...second, adapterId: 1, physicalPortId: 0 };
    expect(codes(vnic([first, sameAdapter]))).toEqual(['one-adapter']);
  });

  it('claims nothing about the traffic of a partition whose devices have no state', () => {
    const unknown = [first, second].map((each) => ({ ...each, active: null, status: null }));
    const view = failoverView(vnic(unknown, null));
    expect(view).toMatchObject({ active: null, next: null, preferred: null, automatic: false });
    expect(view.warnings.map((warning) => warning.code)).toEqual([
      'auto-failover-unknown',
      'device-state-unknown',
      'device-state-unknown',
    ]);
  });
});

describe('for any vNIC', () => {
  const anyDevice = fc.record({
    failoverPriority: fc.integer({ min: 1, max: 100 }),
    active: fc.constantFrom(true, false, null),
    status: fc.constantFrom('Operational', 'Link Down', 'Powered Off', null),
    vios: fc.constantFrom(1, 2),
    adapterId: fc.integer({ min: 1, max: 4 }),
  });
  const anyVnic = fc
    .tuple(fc.array(anyDevice, { minLength: 1, maxLength: 6 }), fc.constantFrom(true, false, null))
    .map(([devices, auto]) =>
      vnic(
        devices.map(({ vios, ...rest }, index) =>
          device({ ...rest, logicalPortId: `2700400${index}`, virtualIoServer: { name: `vios${vios}`, id: vios } }),
        ),
        auto,
      ),
    );

  it('next and preferred are operational, next is never the active one, and nobody operational has a lower number', () => {
    fc.assert(
      fc.property(anyVnic, (of) => {
        const { active, next, preferred, order } = failoverView(of);
        const operational = order.filter(isOperational);
        if (next !== null) {
          expect(isOperational(next)).toBe(true);
          expect(next).not.toBe(active);
          const others = operational.filter((each) => each !== active);
          expect(Math.min(...others.map((each) => each.failoverPriority))).toBe(next.failoverPriority);
        } else {
          expect(operational.filter((each) => each !== active)).toEqual([]);
        }
        if (preferred === null) expect(operational).toEqual([]);
        else expect(Math.min(...operational.map((each) => each.failoverPriority))).toBe(preferred.failoverPriority);
      }),
    );
  });

  it('automatic failover that is not known to be on is always warned of', () => {
    fc.assert(
      fc.property(anyVnic, (of) => {
        const warned = codes(of).some((code) => code === 'auto-failover-off' || code === 'auto-failover-unknown');
        expect(warned).toBe(of.autoPriorityFailover !== true);
      }),
    );
  });
});
