import { statusOf } from '../estate/estate.js';
import type { ManagedSystem, Partition } from '../estate/model.js';
import { networkDevicesOf, vnicServersOf, type VnicServer } from '../estate/vnic-servers.js';
import { errlog } from './ioscli-errlog.js';
import { virtualIoServerCommandFailed } from './refusal.js';

/** On which Virtual I/O Server, and whether as root (`viosvrcmd --admin`). */
export interface IoscliContext {
  readonly system: ManagedSystem;
  readonly server: Partition;
  readonly asRoot: boolean;
}

/**
 * `E_NOT_SVNIC_S`: lsmap's status without any vNIC server (samples/lsmap-vnic-fmt-fields.txt); its text is INVENTED.
 */
const NO_VNIC_SERVERS = 88;

/** The command line of a Virtual I/O Server, as far as its vNIC servers go. Throws HmcRefusal. */
export function runIoscli(line: string, context: IoscliContext): string {
  const [name = '', ...words] = line.trim().split(/\s+/);
  const args = words.join(' ');
  const { system, server, asRoot } = context;
  switch (name) {
    case 'ioslevel':
      if (args === '') return `${server.osVersion.replace(/^VIOS /, '')}\n`;
      break;
    case 'lsmap':
      if (args === '-all -vnic') return mappedServers(context).map(tableEntry).join('');
      if (args === '-all -vnic -fmt :') return mappedServers(context).map(formattedLine).join('');
      break;
    case 'lsdev':
      if (args === '-type adapter -field name physloc description') return adapterLines(context);
      if (args === '-type adapter -virtual') return virtualAdapterLines(context);
      break;
    case 'vnicstat': {
      // A root command (seed); what another user is told is INVENTED.
      if (!asRoot) throw virtualIoServerCommandFailed('vnicstat: not found', 127);
      const found = vnicServersOf(system, server).find((each) => each.name === args);
      if (!found) throw virtualIoServerCommandFailed(`vnicstat: ${args} does not exist`, 1);
      return statistics(system, found);
    }
    case 'errlog':
      if (args === '' || args === '-ls') return errlog(system, server, { long: args === '-ls' });
      break;
    default:
      throw virtualIoServerCommandFailed(`simulator: ${name} is not imitated`, 1);
  }
  // samples/lsmap-vnic-fmt-fields.txt has these words, of a level that does not know an option.
  throw virtualIoServerCommandFailed('Option flag is not valid.', 1);
}

function mappedServers({ system, server }: IoscliContext): readonly VnicServer[] {
  const found = vnicServersOf(system, server);
  if (found.length === 0) {
    throw virtualIoServerCommandFailed('There are no virtual NIC servers on this partition.', NO_VNIC_SERVERS);
  }
  return found;
}

/** `N/A` until the client has logged in; then it names itself and its device (seed). */
function clientOf({ client, clientDeviceNumber, device, vnic }: VnicServer): {
  name: string;
  os: string;
  device: string;
} {
  if (device.clientSession === 'never') return { name: 'N/A', os: 'N/A', device: 'N/A' };
  const os = clientOsOf(client);
  // `ent0` on AIX (seed); the names on Linux and IBM i are INVENTED.
  const devices = { AIX: `ent${clientDeviceNumber}`, Linux: `env${vnic.slot}`, 'IBM i': `CMN0${clientDeviceNumber}` };
  return { name: client.name, os, device: devices[os] };
}

function clientOsOf({ osVersion, environment }: Partition): 'AIX' | 'Linux' | 'IBM i' {
  if (environment === 'os400') return 'IBM i';
  return osVersion.startsWith('AIX') ? 'AIX' : 'Linux';
}

/** samples/lsmap-vnic-table-seed.txt, with the lines that its note says are lost there. */
function tableEntry(server: VnicServer): string {
  const { name, os, device } = clientOf(server);
  const columns = [
    server.name.padEnd(13),
    server.location.padEnd(34),
    String(server.client.id).padStart(6),
    name.slice(0, 14).padEnd(14),
    os,
  ];
  return [
    'Name          Physloc                            ClntID ClntName       ClntOS ',
    '------------- ---------------------------------- ------ -------------- -------',
    columns.join(' '),
    '',
    `Backing device:${server.virtualFunction}`,
    'Status:Available',
    `Physloc:${server.virtualFunctionLocation}`,
    `Client device name:${device}`,
    `Client device physloc:${server.clientLocation}`,
    '',
    '',
  ].join('\n');
}

/** The ten fields of samples/lsmap-vnic-fmt-fields.txt. */
function formattedLine(server: VnicServer): string {
  const { name, os, device } = clientOf(server);
  const fields = [
    ...[server.name, server.location, server.client.id, name, os],
    ...[server.virtualFunction, 'Available', server.virtualFunctionLocation, device, server.clientLocation],
  ];
  return `${fields.join(':')}\n`;
}

/** samples/vios-lsdev-vf-seed.txt; the first line, which the seed's grep took away, is RECALLED. */
function adapterLines({ system, server }: IoscliContext): string {
  const lines = networkDevicesOf(system, server).map(({ name, location, virtualFunction }) =>
    [
      name.padEnd(16),
      location.padEnd(50),
      virtualFunction ? 'PCIe3 4-Port 10GbE SR Adapter VF(df1028e21410e304)' : 'Virtual I/O Ethernet Adapter (l-lan)',
    ].join(' '),
  );
  return ['name             physloc                                            description', ...lines, ''].join('\n');
}

/** samples/vios-lsdev-vf-seed.txt; the first line is RECALLED. */
function virtualAdapterLines({ system, server }: IoscliContext): string {
  const ethernet = networkDevicesOf(system, server).filter(({ virtualFunction }) => !virtualFunction);
  const devices = [
    ...ethernet.map(({ name }) => [name, 'Virtual I/O Ethernet Adapter (l-lan)'] as const),
    ...vnicServersOf(system, server).map(({ name }) => [name, 'Virtual NIC Server Device (vnicserver)'] as const),
  ];
  const lines = devices.map(([name, description]) => `${name.padEnd(16)} Available   ${description}`);
  return ['name             status      description', ...lines, ''].join('\n');
}

/** samples/vnicstat-short-seed.txt; the words for a function that is not operational are INVENTED. */
function statistics(system: ManagedSystem, server: VnicServer): string {
  const { device, vnic, client } = server;
  const active = vnic.activeLogicalPortId === device.logicalPortId && client.state === 'Running';
  const logged = clientOf(server);
  return [
    `VNIC Server Statistics: ${server.name}`,
    'Device Statistics:',
    `State: ${active ? 'active' : 'config_2'}`,
    `Backing Device Name: ${server.virtualFunction}`,
    `Failover State: ${active ? 'active' : 'inactive'}`,
    `Failover Readiness: ${statusOf(system, device) === 'Operational' ? 'operational' : 'not operational'}`,
    `Failover Priority: ${device.failoverPriority}`,
    ...(device.clientSession === 'never'
      ? []
      : [
          `Client Partition ID: ${client.id}`,
          `Client Partition Name: ${logged.name}`,
          `Client Operating System: ${logged.os}`,
          `Client Device Name: ${logged.device}`,
          `Client Device Location Code: ${server.clientLocation}`,
        ]),
    '',
  ].join('\n');
}
