import { Injectable } from '@nestjs/common';
import { showHmcVersion } from '../core/hmc-language/reads.js';
import { parseHmcVersion, type HmcVersion } from '../core/resources/hmc-version.js';
import { HmcConnections } from '../hmc/hmc-connections.js';
import { wholeList } from '../http/page.dto.js';
import { HmcReader } from '../inventory/hmc-reader.js';
import { SystemDirectory, type HmcListing } from '../inventory/system-directory.js';
import { timeOfDay } from '../time-of-day.js';
import { within } from '../within.js';
import type { HmcDto, HmcListDto } from './dto/hmc.dto.js';

/** How long the page waits for HMCs: it must show which one hangs, not hang with it. */
const PATIENCE_MS = 5_000;
/** A timer may be early by a little. */
const NEARLY_MS = 100;

@Injectable()
export class HmcsService {
  /** As last read, by HMC. */
  private readonly levels = new Map<string, string | null>();

  constructor(
    private readonly connections: HmcConnections,
    private readonly reader: HmcReader,
    private readonly directory: SystemDirectory,
  ) {}

  async list(): Promise<HmcListDto> {
    const tries = Promise.all([
      this.directory.refresh(performance.now()),
      ...this.connections.hmcIds().map((hmcId) => this.readLevel(hmcId)),
    ]);
    await within(tries, PATIENCE_MS);
    return wholeList(this.directory.known().map((listing) => this.describe(listing)));
  }

  private async readLevel(hmcId: string): Promise<void> {
    try {
      const version = await this.reader.read(hmcId, showHmcVersion(), parseHmcVersion, 'in-flight').value;
      this.levels.set(hmcId, levelText(version));
    } catch {
      // What is wrong with this HMC is told by its reachability and its listing; the level last read still stands.
    }
  }

  private describe({ hmcId, systems, readAt, problem }: HmcListing): HmcDto {
    const way = this.connections.reachability(hmcId);
    return {
      id: hmcId,
      host: way.host,
      port: way.port,
      reachable: way.reachable,
      lastSeenAt: way.lastSeenAt,
      circuit: way.circuit,
      circuitOpenUntil: way.circuitOpenUntil,
      lastError: way.lastError,
      level: this.levels.get(hmcId) ?? null,
      systems: systems?.map(({ mtms, name, state }) => ({ mtms, name, state })) ?? null,
      systemsReadAt: readAt === null ? null : timeOfDay(readAt),
      systemsProblem:
        problem?.message ??
        (this.reader.isSilent(hmcId, PATIENCE_MS - NEARLY_MS)
          ? `HMC ${hmcId} has not answered for ${PATIENCE_MS / 1000} seconds or longer; it is still being waited for.`
          : null),
    };
  }
}

/** `V10R3 SP1060`; null where the HMC tells neither version nor release. */
function levelText({ baseVersion, version, release, servicePack }: HmcVersion): string | null {
  const base = baseVersion ?? (version === null || release === null ? null : `V${version}R${release}`);
  return base === null || servicePack === null ? base : `${base} SP${servicePack}`;
}
