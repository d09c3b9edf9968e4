/** Numbers and addresses as the samples show them; the formulas fit every sample and are INFERRED as rules. */

/** Lower-case hex DRC index of a logical port: `0x27000000 + adapter*0x4000 + n` (hmc-cli.md §1.2). */
export const logicalPortIdOf = (adapterId: number, number: number): string =>
  (0x27000000 + adapterId * 0x4000 + number).toString(16);

/** `PHB 4229` = adapter 2, S5 (samples/sriov-logport-default-unconfigured-v11r2-p9.txt). */
export const drcNameOf = (adapterId: number, number: number): string => `PHB ${4096 + 128 * (adapterId - 1) + number}`;

/** The first configuration id of a logical port that is a backing device of a vNIC (hmc-cli.md §1.5). */
export const FIRST_BACKING_DEVICE_CONFIG_ID = 16384;

/**
 * A MAC address without separators, lower case as `vnic` prints it. `ea` is a locally administered unicast prefix, as
 * in the capture (`eaadf2188302`); the serial number keeps two frames apart.
 */
export function macAddressOf(serialNumber: string, counter: number): string {
  let hash = 0;
  for (const char of serialNumber) hash = (hash * 31 + char.charCodeAt(0)) & 0xffff;
  return `ea${hash.toString(16).padStart(4, '0')}${counter.toString(16).padStart(6, '0')}`;
}
