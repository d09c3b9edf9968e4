/** Every attribute that the HMC printed for one record, as it printed it, by the HMC's own attribute name. */
export type Attributes = Readonly<Record<string, string>>;
