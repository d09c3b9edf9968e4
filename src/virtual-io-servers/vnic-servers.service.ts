import { Injectable } from '@nestjs/common';
import { beginsWithCode } from '../core/hmc-language/error-catalogue.js';
import { renderCommand } from '../core/hmc-language/quote-word.js';
import { listLogicalPorts } from '../core/hmc-language/reads.js';
import {
  isDeviceName,
  listErrorLog,
  listErrorLogInDetail,
  listVirtualFunctions,
  listVnicServers,
  showVnicServerStatistics,
} from '../core/hmc-language/virtual-io-server-reads.js';
import type { Answer } from '../core/answer.js';
import { isVnicEntry, parseErrorLog, parseErrorLogInDetail } from '../core/resources/error-log.js';
import type { LogicalPort } from '../core/resources/logical-port.js';
import { isVirtualIoServer, type Partition } from '../core/resources/partition.js';
import type { Snapshot } from '../core/resources/snapshot.js';
import { parseVirtualFunctions } from '../core/resources/virtual-function.js';
import { parseVnicServerStatistics, type VnicServerStatistics } from '../core/resources/vnic-server-statistics.js';
import { placeInList, vnicServerViews, type VnicServerView } from '../core/views/vnic-server-view.js';
import { parseVnicServers, type VnicServer } from '../core/resources/vnic-server.js';
import { page, type Page } from '../http/paging.js';
import type { PartitionAddress } from '../http/path-names.js';
import { ProblemError } from '../http/problem-error.js';
import { Reading } from '../http/reading.js';
import { Inventory, type MergedSystem } from '../inventory/inventory.js';
import { SystemInquiry, untold } from '../inventory/system-inquiry.js';
import { partitionAt } from '../vnics/find-vnic.js';
import type { ServedDto, VnicEventListDto, VnicEventsQuery } from './dto/vnic-event.dto.js';
import { askInTime } from './ask-in-time.js';
import type { NotToldDto, VnicServerListDto, VnicServersQuery } from './dto/vnic-server.dto.js';

/** So many `vnicstat` run at once: they share the connections of the HMC with everybody else. */
const STATISTICS_AT_ONCE = 4;
/**
 * How long those of one call may take together, or HMC_READ_TIMEOUT_SECONDS where that is less: a proxy waits for 60 s.
 */
const STATISTICS_MS = 30_000;

/** One Virtual I/O Server of one system, and the HMCs to ask about it. */
interface Site {
  readonly mtms: string;
  readonly server: Partition;
  readonly hmcIds: readonly string[];
  readonly snapshot: Snapshot<'partitions' | 'vnics'>;
  /** For the locations of the devices: the rest is worth something without them. */
  readonly logicalPorts: Answer<readonly LogicalPort[]>;
}

/** What a Virtual I/O Server says of its vNIC servers, beside what the HMC says. */
@Injectable()
export class VnicServersService {
  constructor(
    private readonly inventory: Inventory,
    private readonly inquiry: SystemInquiry,
  ) {}

  async vnicServers(
    system: string,
    address: PartitionAddress,
    query: VnicServersQuery,
  ): Promise<Reading<VnicServerListDto>> {
    const site = await this.site(system, address);
    const [servers, functions] = await Promise.all([this.servers(site), this.functions(site)]);
    const pageWith = (statistics: ReadonlyMap<string, VnicServerStatistics>): Page<VnicServerView> =>
      page(view(site, servers, functions, statistics), query, (one) => [placeInList(one)]);
    const shown = pageWith(new Map());
    // Only of what is shown: each costs a command.
    const names = shown.items.flatMap(({ vnicServer }) => vnicServer?.name ?? []);
    const statistics =
      query.statistics === true ? await this.statistics(site, names) : { told: new Map(), notTold: [] };
    const { name, id } = site.server;
    const notTold = [...notToldOf(site.logicalPorts), ...notToldOf(functions), ...statistics.notTold];
    return new Reading({ virtualIoServer: { name, id }, ...pageWith(statistics.told), notTold }, site.snapshot);
  }

  async events(system: string, address: PartitionAddress, query: VnicEventsQuery): Promise<Reading<VnicEventListDto>> {
    const site = await this.site(system, address);
    const { mtms, server, hmcIds } = site;
    const [log, servers] = await Promise.all([
      query.detail === true
        ? this.inquiry.read(hmcIds, listErrorLogInDetail(mtms, server.id), parseErrorLogInDetail)
        : this.inquiry.read(hmcIds, listErrorLog(mtms, server.id), parseErrorLog),
      this.serversIfTold(site),
    ]);
    const served = new Map(
      (servers.told ? view(site, servers.value, null, new Map()) : []).flatMap(({ vnicServer, hmc }) =>
        vnicServer === null || hmc === null ? [] : [[vnicServer.name, servedBy(hmc)] as const],
      ),
    );
    const entries = log.value.filter(isVnicEntry);
    // The newest stands first. An entry keeps its number, counted from the oldest, when newer ones come.
    const events = entries.map((entry, at) => ({
      number: entries.length - at,
      event: { ...entry, servesNow: served.get(entry.resourceName) ?? null },
    }));
    const { items, nextCursor } = page(events, query, ({ number }) => [-number]);
    return new Reading(
      {
        virtualIoServer: { name: server.name, id: server.id },
        items: items.map(({ event }) => event),
        nextCursor,
        notTold: [...notToldOf(site.logicalPorts), ...notToldOf(servers)],
      },
      { ...site.snapshot, hmcId: log.hmcId },
    );
  }

  private async site(nameOrMtms: string, address: PartitionAddress): Promise<Site> {
    const system = await this.inventory.resolve(nameOrMtms);
    const [snapshot, logicalPorts] = await Promise.all([
      this.inventory.read(system, ['partitions', 'vnics']),
      this.logicalPorts(system),
    ]);
    const server = partitionAt(snapshot, address);
    if (!isVirtualIoServer(server)) {
      throw new ProblemError({
        type: 'target-not-found',
        detail: `Partition ${server.name} (id ${server.id}) of ${system.name} is no Virtual I/O Server. List the Virtual I/O Servers of the managed system to see which there are.`,
      });
    }
    // The HMC that showed its side is asked first.
    const others = system.seenBy.map((view) => view.hmcId).filter((hmcId) => hmcId !== snapshot.hmcId);
    return { mtms: system.mtms, server, hmcIds: [snapshot.hmcId, ...others], snapshot, logicalPorts };
  }

  private async logicalPorts(system: MergedSystem): Promise<Site['logicalPorts']> {
    const command = renderCommand(listLogicalPorts(system.mtms, 'eth'));
    try {
      const { logicalPorts, hmcId } = await this.inventory.read(system, ['logicalPorts']);
      return { told: true, value: logicalPorts, command, hmcId };
    } catch (error) {
      return untold(error, command);
    }
  }

  private async servers({ mtms, server, hmcIds }: Site): Promise<readonly VnicServer[]> {
    try {
      return (await this.inquiry.read(hmcIds, listVnicServers(mtms, server.id), parseVnicServers)).value;
    } catch (error) {
      if (saysNoVnicServers(error)) return [];
      throw error;
    }
  }

  private async serversIfTold(site: Site): Promise<Answer<readonly VnicServer[]>> {
    const command = renderCommand(listVnicServers(site.mtms, site.server.id));
    try {
      return { told: true, value: await this.servers(site), command, hmcId: null };
    } catch (error) {
      return untold(error, command);
    }
  }

  private functions({ mtms, server, hmcIds }: Site): Promise<Answer<ReturnType<typeof parseVirtualFunctions>>> {
    return this.inquiry.ask(hmcIds, listVirtualFunctions(mtms, server.id), parseVirtualFunctions);
  }

  /** Of these vNIC servers, as far as there is time for it. */
  private async statistics(
    { mtms, server, hmcIds }: Site,
    listed: readonly string[],
  ): Promise<{ readonly told: ReadonlyMap<string, VnicServerStatistics>; readonly notTold: readonly NotToldDto[] }> {
    const names = listed.filter(isDeviceName);
    const questions = names.map((name) => {
      const command = showVnicServerStatistics(mtms, server.id, name);
      return {
        command: renderCommand(command),
        ask: () => this.inquiry.ask(hmcIds, command, parseVnicServerStatistics),
      };
    });
    const withinMs = Math.min(STATISTICS_MS, this.inquiry.deadlineMs);
    const answers = await askInTime(questions, { atOnce: STATISTICS_AT_ONCE, withinMs });
    const told = names.flatMap((name, at) => {
      const answer = answers[at];
      return answer?.told === true ? [[name, answer.value] as const] : [];
    });
    const notAsked = listed
      .filter((name) => !isDeviceName(name))
      .map((name) => ({
        command: `vnicstat ${name}`,
        reason: `Not asked: a command of root carries only a name of letters and a number, and ${JSON.stringify(name)} is none. Run it on ${server.name}.`,
      }));
    return { told: new Map(told), notTold: [...answers.flatMap(notToldOf), ...notAsked] };
  }
}

function view(
  { server, snapshot, logicalPorts }: Site,
  vnicServers: readonly VnicServer[],
  functions: Answer<ReturnType<typeof parseVirtualFunctions>> | null,
  statistics: ReadonlyMap<string, VnicServerStatistics>,
): VnicServerView[] {
  const virtualFunctions = functions?.told === true ? functions.value : null;
  return vnicServerViews({
    virtualIoServerId: server.id,
    vnics: snapshot.vnics,
    logicalPorts: logicalPorts.told ? logicalPorts.value : [],
    vnicServers,
    virtualFunctions,
    statistics,
  });
}

const notToldOf = (answer: Answer<unknown>): NotToldDto[] =>
  answer.told ? [] : [{ command: answer.command, reason: answer.reason }];

const servedBy = ({ logicalPortId, client, slot }: NonNullable<VnicServerView['hmc']>): ServedDto => ({
  logicalPortId,
  client,
  slot,
});

/**
 * `lsmap` ends with 88 where there is no vNIC server (CODE lsmap-vnic-fmt-fields.txt). How the HMC hands that on is
 * INFERRED: as its own exit status, or in its words, behind a code and at whatever exit status (`ioscliOutput`).
 */
function saysNoVnicServers(error: unknown): boolean {
  if (!(error instanceof ProblemError)) return false;
  const { exitStatus, hmcMessage, excerpt } = error.members;
  switch (error.type) {
    case 'hmc-refused':
      return exitStatus === 88 || saysStatus88(hmcMessage);
    case 'hmc-output-not-understood':
      return typeof excerpt === 'string' && beginsWithCode(excerpt) && saysStatus88(excerpt);
    default:
      return false;
  }
}

function saysStatus88(words: unknown): boolean {
  return typeof words === 'string' && /\brc\s*[=:]?\s*88\b/i.test(words);
}
