import { readOptions } from '../shell/options.js';
import { type CommandContext, namedPartition, operatingSystem, type ReadCommand } from './command.js';
import { runIoscli } from './ioscli.js';
import { HmcRefusal, missingOrInvalid, noAuthority, virtualIoServerUnreachable } from './refusal.js';

/**
 * `viosvrcmd -m SYS {-p VIOS|--id N} -c "command" [-t timeout] [--admin]` (hmc-cli.md §1.11): only the listings of a
 * Virtual I/O Server, over RMC. A viewer has not the task (samples/hmc-v8r820-session-dump.txt); that `--admin` needs
 * the super administrator is INVENTED.
 */
export const viosvrcmd: ReadCommand = (words, context: CommandContext) => {
  const options = readOptions(words, { values: ['-m', '-p', '--id', '-c', '-t'], flags: ['--admin'] });
  options.integer('-t', 1, 999_999);
  const command = options.need('-c');
  const { taskRole } = context.user;
  if (taskRole === 'hmcviewer' || (options.has('--admin') && taskRole !== 'hmcsuperadmin')) throw noAuthority();
  const system = operatingSystem(options, context);
  const server = namedPartition(options, system);
  // INVENTED.
  if (server.environment !== 'vioserver') throw new HmcRefusal(`${server.name} is not a Virtual I/O Server partition.`);
  if (server.state !== 'Running' || server.rmcState !== 'active') throw virtualIoServerUnreachable(server.name);
  if (/[|<>;&`$]/.test(command)) throw missingOrInvalid('-c');
  return runIoscli(command, { system, server, asRoot: options.has('--admin') });
};
