import type { Locale } from './commands/refusal.js';
import type { Estate, ManagedSystem } from './estate/model.js';
import { mtms } from './estate/model.js';

/** Levels whose output differs (hmc-cli.md §1.2, §1.9, samples/lshmc-V-*.txt). */
export type HmcVersion = 'V8R8.2.0' | 'V8R8.6.0' | 'V10R3' | 'V11R2';

export type TaskRole = 'hmcsuperadmin' | 'hmcoperator' | 'hmcviewer' | 'hmcpe' | 'hmcservicerep';

export interface HmcUser {
  readonly username: string;
  readonly taskRole: TaskRole;
  readonly password: string;
  /** OpenSSH one-line public keys that may log in. */
  readonly publicKeys: readonly string[];
}

/** One console: what makes it differ from another that manages the same frames. */
export interface Hmc {
  readonly id: string;
  readonly hostname: string;
  version: HmcVersion;
  /** Both were seen for refused changes (hmc-cli.md §4). */
  changeErrorStream: 'stdout' | 'stderr';
  locale: Locale;
  readonly users: readonly HmcUser[];
  /** How it stands to each frame that it knows, by MTMS. */
  readonly connections: Map<string, SystemConnection>;
  /** Added to the machine's clock. */
  clockOffsetMs: number;
}

/** Words of lssysconn (samples/lssysconn-states.txt). */
export interface SystemConnection {
  state: 'Connected' | 'No Connection' | 'Failed Authentication' | 'Version Mismatch' | 'Connecting';
}

/** Since when an HMC knows the max-capacity fields; 9 fields before is INFERRED (hmc-cli.md §1.2). */
export const knowsMaxCapacity = (hmc: Hmc): boolean => hmc.version === 'V10R3' || hmc.version === 'V11R2';

/** Since when an HMC knows vNICs at all: 840, and failover with 860 (hmc-cli.md §6). */
export const knowsVnics = (hmc: Hmc): boolean => hmc.version !== 'V8R8.2.0';

/** The frames that the HMC knows, in the order of the estate. */
export const systemsOf = (hmc: Hmc, estate: Estate): readonly ManagedSystem[] =>
  estate.systems.filter((system) => hmc.connections.has(mtms(system)));

/** What `lssyscfg -r sys` prints as state: the frame's own where the HMC has a connection. */
export function stateSeenBy(hmc: Hmc, system: ManagedSystem): string {
  const connection = hmc.connections.get(mtms(system))?.state ?? 'No Connection';
  return connection === 'Connected' ? system.state : connection === 'Connecting' ? 'No Connection' : connection;
}
