import type { Attributes } from '../hmc-language/attributes.js';
import type { FirmwareLevel } from '../resources/firmware-level.js';
import type { ManagedSystem } from '../resources/managed-system.js';
import type { Answer } from '../answer.js';
import { check, fail, pass, unknown, type Judgement, type ReadinessCheck } from './check.js';

/** The first firmware with vNIC failover (hmc-cli.md §6). */
const FAILOVER_FIRMWARE = 860;

/**
 * States that say of the connection of this HMC, and nothing of the system: the words of lssysconn-states.txt (LIVE or
 * from IBM's pages there), `Unknown`, and `Incomplete`, with which the HMC has not got all of its data (RECALLED).
 */
const OF_THE_CONNECTION =
  /^(No Connection|Connecting|Failed Authentication|Pending Authentication\b.*|Version Mismatch|Incomplete|Unknown)$/i;

/** The system itself, as one HMC lists it: `lssyscfg -r sys`. */
export function checkSystem(name: string, system: Answer<ManagedSystem>): ReadinessCheck[] {
  const subject = { kind: 'managed-system', name } as const;
  return [
    check('system-state', subject, 'Operating', system, ({ state }) => {
      if (state === null) return unknown('no state is told', 'This HMC has no answer from the system.');
      if (state === 'Operating') return pass(state);
      const reason = 'Only of an Operating system can vNICs be made and changed.';
      return OF_THE_CONNECTION.test(state)
        ? unknown(state, `This HMC does not see how the system is: mend its connection to it. ${reason}`)
        : fail(state, reason);
    }),
    check(
      'vnic-failover-capability',
      subject,
      'the capability flags for vNICs and their failover, where this HMC lists them',
      system,
      judgeCapabilities,
    ),
  ];
}

/** The firmware: `lslic`. */
export function checkFirmware(name: string, firmware: Answer<FirmwareLevel>): ReadinessCheck {
  const subject = { kind: 'managed-system', name } as const;
  return check('firmware-level', subject, `FW${FAILOVER_FIRMWARE} or later`, firmware, (told) => {
    const found = [
      `activated service pack ${told.servicePackName ?? 'not told'}`,
      `level ${told.activatedLevel ?? 'not told'}`,
      `EC number ${told.ecNumber ?? 'not told'}`,
    ].join(', ');
    const [release, other] = told.releases;
    if (release === undefined) return unknown(found, 'The HMC names no firmware release that can be compared.');
    if (other !== undefined) {
      return unknown(found, `The HMC names two releases, FW${release} and FW${other}: see which one is activated.`);
    }
    return release >= FAILOVER_FIRMWARE
      ? pass(found)
      : fail(found, `FW${release} does not know vNIC failover: update the firmware.`);
  });
}

/**
 * What the system says of vNICs. The names of the flags on the command line are not known (hmc-cli.md §6 has those of
 * the REST interface), and many HMCs list none: every attribute that speaks of a vNIC and is a capability is shown.
 * Without a flag for failover there is nothing to decide by.
 */
function judgeCapabilities({ attributes }: ManagedSystem): Judgement {
  const flags = vnicFlags(attributes);
  if (flags.length === 0) {
    return {
      ...unknown('none is listed', 'This HMC lists no such flag; level and firmware decide.'),
      decides: false,
    };
  }
  const found = flags.map(([name, value]) => `${name}=${value}`).join(', ');
  const missing = flags.filter(([, value]) => value === '0').map(([name]) => name);
  if (missing.length > 0) return fail(found, `The system is not capable of it: ${missing.join(', ')}.`);
  const failover = flags.filter(([name]) => /fail_?over/i.test(name));
  if (failover.length > 0 && failover.every(([, value]) => value === '1')) return pass(found);
  return {
    ...unknown(found, 'No flag for the failover of vNICs is told; level and firmware decide.'),
    decides: false,
  };
}

/** Attributes such as `vnic_…_capable=1`, and names in a list `capabilities`, where an HMC prints one. */
function vnicFlags(attributes: Attributes): [string, string][] {
  const own = Object.entries(attributes).filter(([name]) => /vnic/i.test(name) && /capable$/i.test(name));
  const listed = (attributes['capabilities'] ?? '').split(',').filter((name) => /vnic/i.test(name));
  return [...own, ...listed.map((name): [string, string] => [name, '1'])];
}
