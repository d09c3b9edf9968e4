/**
 * `-w` of every change that takes it, in minutes (the unit is RECALLED, hmc-cli.md "What is still open"). A vNIC add
 * with link-up takes 15 to 21 s; the deadline of a change, on our side, must be longer than this.
 */
export const WAIT_MINUTES = 5;
