import { mtms } from '../estate/model.js';
import { type HmcVersion, type HmcUser, stateSeenBy, systemsOf } from '../hmc.js';
import { type Listing, row } from '../listing/listing.js';
import { type OptionTable, readOptions } from '../shell/options.js';
import { filters, LISTING_OPTIONS, namedSystem, print, type ReadCommand } from './command.js';
import { invalidFilter, missingOrInvalid, systemNotOperating } from './refusal.js';

/** Commands that tell of the console itself: lshmc, lssysconn, lslic, lshmcusr, date (hmc-cli.md §1.9, §5). */

interface VersionText {
  /** The many-line value of `version`, as `lshmc -V` prints it. */
  readonly version: string;
  readonly baseVersion: string;
  /** `*RM` of `lshmc -v`. */
  readonly firmware: string;
}

const VERSION_TEXTS: Record<HmcVersion, VersionText> = {
  // samples/lshmc-V-v8r820.txt.
  'V8R8.2.0': {
    version:
      ' Version: 8\n Release: 8.2.0\n Service Pack: 0\nHMC Build level 20141104.1\n' +
      'MH01454: Required fix for HMC V8R8.2.0 (11-05-2014)\n',
    baseVersion: 'V8R8.2.0\n',
    firmware: 'V8R8.2.0.0',
  },
  // samples/lshmc-V-v8r860-seed.txt; its last lines are lost, they follow lshmc-V-v8r820.txt.
  'V8R8.6.0': {
    version:
      ' Version: 8\n Release: 8.6.0\n Service Pack: 0\nHMC Build level 20161101.1\n' +
      'MH01655: Required fix for HMC V8R8.6.0 (11-01-2016)\n',
    baseVersion: 'V8R8.6.0\n',
    firmware: 'V8R8.6.0.0',
  },
  // samples/lshmc-V-v10r3.txt.
  V10R3: {
    version:
      ' Version: 10\n Release: 3\n Service Pack: 1060\nHMC Build level 2408210051\n' +
      'MF71689 - HMC V10R3 M1060\nMF71697 - iFix for HMC V10R3 M1060\nMF71699 - iFix for HMC V10R3 M1060\n' +
      'MF71703 - iFix for HMC V10R3 M1060\n',
    baseVersion: 'V10R3\n',
    firmware: 'V10R3.1060.0',
  },
  // hmc-cli.md "Systems / HMC" has level and build only; the lines around them are INFERRED.
  V11R2: {
    version: ' Version: 11\n Release: 2\n Service Pack: 1120\nHMC Build level 2607082225\nMF72001 - HMC V11R2 SP1120\n',
    baseVersion: 'V11R2\n',
    firmware: 'V11R2.1120.0',
  },
};

const LSHMC_OPTIONS: OptionTable = { optionalValues: ['-F'], flags: ['-V', '-v', '-n', '-r', '--header'] };

/** `lshmc -V | -v | -n | -r`: exactly one of them. */
export const lshmc: ReadCommand = (words, context) => {
  const options = readOptions(words, LSHMC_OPTIONS);
  const asked = ['-V', '-v', '-n', '-r'].filter((flag) => options.has(flag));
  if (asked.length !== 1) throw missingOrInvalid('-v', '-V', '-n', '-r');
  const { hmc, now } = context;
  const text = VERSION_TEXTS[hmc.version];
  const address = '127.0.0.1';
  const listings: Record<string, () => Listing> = {
    '-V': () => single(['version', text.version], ['base_version', text.baseVersion]),
    // samples/lshmc-v-v8r820-vhmc.txt; *N2 is the clock.
    '-v': () =>
      single([
        'vpd',
        `*FC ????????\n*VC 20.0\n*N2 ${unixDate(now)}\n*FC ????????\n*DS Hardware Management Console\n*TM V507-f39\n` +
          `*SE 5a6e8a2\n*MN IBM\n*PN N/A\n*SZ 4152315904\n*OS Embedded Operating Systems\n*NA ${address}\n` +
          `*FC ????????\n*DS Platform Firmware\n*RM ${text.firmware}\n*UVMID 507f395a68f4e8a2\n`,
      ]),
    // samples/lshmc-n-v7r7.txt, the first attributes.
    '-n': () =>
      single(
        ['hostname', hmc.hostname],
        ['domain', 'localnet'],
        ['ipaddr', `${address},192.168.128.1`],
        ['networkmask', '255.255.255.0,255.255.255.0'],
        ['gateway', ''],
        ['nameserver', ''],
        ['domainsuffix', ''],
      ),
    // samples/lshmc-r-v7r7.txt, the first attributes.
    '-r': () => single(['ssh', 'enable'], ['sshprotocol', ''], ['remotewebui', 'enable'], ['xntp', 'disable']),
  };
  const listing = listings[asked[0] ?? ''];
  if (!listing) throw missingOrInvalid(asked[0] ?? '-V');
  return print(listing(), options, context);
};

function single(...pairs: readonly (readonly [string, string])[]): Listing {
  return { rows: [row(...pairs)], attributes: pairs.map(([name]) => name) };
}

/** `Sun Sep 10 21:37:06 UTC 2017`. */
function unixDate(now: Date): string {
  // toUTCString: `Sun, 10 Sep 2017 21:37:06 GMT`.
  const [weekday = '', day = '', month = '', year = '', time = ''] = now.toUTCString().split(/,? /);
  return `${weekday} ${month} ${String(Number(day)).padStart(2)} ${time} UTC ${year}`;
}

/** The console's clock. */
export const date: ReadCommand = (words, { now }) => {
  if (words.length > 0) throw missingOrInvalid(words[0] ?? '');
  return `${unixDate(now)}\n`;
};

/** `lssysconn -r all` (samples/lssysconn-states.txt); a row without a connection carries its error code. */
export const lssysconn: ReadCommand = (words, context) => {
  const options = readOptions(words, { values: ['-r'], optionalValues: ['-F'], flags: ['--header'] });
  if (options.need('-r') !== 'all') throw missingOrInvalid('-r');
  const rows = systemsOf(context.hmc, context.estate).map((system) => {
    const state = context.hmc.connections.get(mtms(system))?.state ?? 'No Connection';
    const connected = state === 'Connected';
    return row(
      ['resource_type', 'sys'],
      ['type_model_serial_num', mtms(system)],
      ['sp', connected ? 'primary' : 'unavailable'],
      ['sp_phys_loc', 'unavailable'],
      ['ipaddr', system.ipAddress],
      ['alt_ipaddr', 'unavailable'],
      ['state', state],
      ...(connected ? [] : [['connection_error_code', 'Connecting 0000-0000-00000000'] as const]),
    );
  });
  const attributes = ['resource_type', 'type_model_serial_num', 'sp', 'sp_phys_loc', 'ipaddr', 'alt_ipaddr', 'state'];
  return print({ rows, attributes: [...attributes, 'connection_error_code'] }, options, context);
};

/** `lslic -m SYS [-t sys]`: no real output line was published; names and shape are INFERRED (hmc-cli.md §1.9). */
export const lslic: ReadCommand = (words, context) => {
  const options = readOptions(words, { ...LISTING_OPTIONS, values: ['-m', '-t', '--filter'] });
  if (options.has('-t') && options.get('-t') !== 'sys') throw missingOrInvalid('-t');
  const system = namedSystem(options, context);
  if (stateSeenBy(context.hmc, system) === 'No Connection') throw systemNotOperating();
  const { level, servicePack, ecNumber } = system.firmware;
  return print(
    single(
      ['lic_type', 'Managed System'],
      ['management_status', 'Enabled'],
      ['disabled_reason', ''],
      ['activated_level', level],
      ['activated_spname', servicePack],
      ['installed_level', level],
      ['accepted_level', level],
      ['ecnumber', ecNumber],
      ['mtms', mtms(system)],
    ),
    options,
    context,
  );
};

/** `lshmcusr [--filter names=…]` (samples/lshmcusr-v7r7.txt). */
export const lshmcusr: ReadCommand = (words, context) => {
  const options = readOptions(words, { values: ['--filter'], optionalValues: ['-F'], flags: ['--header'] });
  const names = filters(options, ['names']).get('names');
  for (const name of names ?? []) {
    if (!context.hmc.users.some((user) => user.username === name)) throw invalidFilter('names');
  }
  const users = context.hmc.users.filter((user) => !names || names.includes(user.username));
  const rows = users.map((user) => row(...userPairs(user)));
  return print({ rows, attributes: userPairs(context.user).map(([name]) => name) }, options, context);
};

const userPairs = (user: HmcUser): (readonly [string, string])[] => [
  ['name', user.username],
  ['taskrole', user.taskRole],
  ['description', user.username],
  ['pwage', '99999'],
  ['resourcerole', 'ALL:'],
  ['authentication_type', 'local'],
  ['remote_webui_access', '1'],
  ['remote_ssh_access', '1'],
  ['min_pwage', '0'],
  ['session_timeout', '0'],
  ['verify_timeout', '15'],
  ['idle_timeout', '0'],
  ['inactivity_expiration', '0'],
  ['resources', '<ResourceID = ALL:><UserDefinedName = AllSystemResources>'],
  ['password_encryption', 'sha512'],
  ['disabled', '0'],
];
