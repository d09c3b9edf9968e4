/** What a vNIC lets through, read and written alike: `all`, `none`, or the list. */
export type AllowedVlanIds = 'all' | 'none' | readonly number[];
export type AllowedMacAddresses = 'all' | 'none' | readonly string[];
