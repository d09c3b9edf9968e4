import type { BackingDeviceInput } from '../hmc-language/backing-device-notation.js';

/** A device that is to be made. */
export interface NewBackingDevice extends BackingDeviceInput {
  /** false: its port has no link or its adapter does not run, so it will carry no traffic for now. */
  readonly operational?: boolean | undefined;
}
