import { HmcOutputError } from '../hmc-language/hmc-output-error.js';
import { ioscliOutput } from '../hmc-language/virtual-io-server-reads.js';

/** What a Virtual I/O Server has for one backing device: an entry of `lsmap -all -vnic` (hmc-cli.md §1.11). */
export interface VnicServer {
  /** `vnicserver1`. */
  readonly name: string;
  /** `U9119.MME.659707C-V1-C32898`. */
  readonly location: string | null;
  readonly clientPartitionId: number | null;
  /** As the client told it; null until it has logged in, and often after that (LIVE), or when it may be cut off. */
  readonly clientName: string | null;
  readonly clientOs: string | null;
  /** The virtual function, `ent3`. */
  readonly backingDevice: string | null;
  /** `Available`. */
  readonly status: string | null;
  /** That of the logical port, `U78CA.001.CSS08ZN-P1-C3-C1-T2-S5`. */
  readonly backingDeviceLocation: string | null;
  /** `ent0`; null until the client has logged in. */
  readonly clientDevice: string | null;
  /** `U9119.MME.659707C-V6-C6`: partition 6, slot 6. */
  readonly clientLocation: string | null;
}

/**
 * The output of `lsmap -all -vnic`, with `-fmt :` (ten fields a line, lsmap-vnic-fmt-fields.txt) or as a table
 * (lsmap-vnic-table-seed.txt, where the lines Status and Physloc are lost: both may be absent).
 * @throws {HmcOutputError}
 */
export function parseVnicServers(text: string): VnicServer[] {
  const lines = ioscliOutput(text)
    .split('\n')
    .map((line) => line.trimEnd());
  return lines.some(isRule) ? fromTable(lines) : lines.filter((line) => line !== '').map(fromFields);
}

/**
 * The name of the client is the one field that people choose and that may hold colons: the fields around it are counted
 * from both ends.
 */
function fromFields(line: string): VnicServer {
  const fields = line.split(':');
  const [name = '', location, clientId] = fields;
  const [clientOs, backing, status, backingLocation, device, clientLocation] = fields.slice(-6);
  if (fields.length < 10 || name === '') {
    throw new HmcOutputError(`The Virtual I/O Server printed ${fields.length} fields where lsmap has 10`, line);
  }
  return {
    name,
    location: known(location),
    clientPartitionId: idOf(clientId, line),
    clientName: known(fields.slice(3, -6).join(':')),
    clientOs: known(clientOs),
    backingDevice: known(backing),
    status: known(status),
    backingDeviceLocation: known(backingLocation),
    clientDevice: known(device),
    clientLocation: known(clientLocation),
  };
}

/** `------------- ----------------------------------`: the row of the server follows it. */
const isRule = (line: string): boolean => /^-{3,}( +-{3,})+$/.test(line);

function fromTable(lines: readonly string[]): VnicServer[] {
  const starts = lines.flatMap((line, at) => (isRule(line) ? [at + 1] : []));
  return starts.map((start, index) => {
    const row = lines[start] ?? '';
    const nameLength = (lines[start - 1] ?? '').split(/ +/)[3]?.length ?? 0;
    const [, name, location, clientId, clientName, clientOs] =
      /^(\S+) +(\S+) +(\d+|N\/A) +(\S+)(?: +(.*))?$/.exec(row) ?? [];
    if (name === undefined) throw new HmcOutputError('The Virtual I/O Server printed no vNIC server below a rule', row);
    const rest = lines.slice(start + 1, starts[index + 1]);
    const value = (label: string): string | null =>
      known(rest.find((line) => line.startsWith(`${label}:`))?.slice(label.length + 1));
    return {
      name,
      location: known(location),
      clientPartitionId: idOf(clientId, row),
      // One that fills its column may have been longer.
      clientName: clientName !== undefined && clientName.length >= nameLength ? null : known(clientName),
      clientOs: known(clientOs),
      backingDevice: value('Backing device'),
      status: value('Status'),
      backingDeviceLocation: value('Physloc'),
      clientDevice: value('Client device name'),
      clientLocation: value('Client device physloc'),
    };
  });
}

function known(text: string | undefined): string | null {
  const value = text?.trim();
  return value === undefined || value === '' || value === 'N/A' ? null : value;
}

function idOf(text: string | undefined, line: string): number | null {
  const value = known(text);
  if (value === null) return null;
  if (!/^\d+$/.test(value)) throw new HmcOutputError('The Virtual I/O Server printed no id of a client', line);
  return Number(value);
}
