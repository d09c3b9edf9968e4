/**
 * The digits of a MAC address, lower-case and without separators: as a command takes them, and as they compare. HMCs
 * print them in either case (hmc-cli.md §1.5).
 */
export function macDigits(macAddress: string): string {
  return macAddress.replaceAll(/[:.-]/g, '').toLowerCase();
}
