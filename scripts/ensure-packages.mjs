import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

/**
 * What this project needs from the operating system besides Node, and the package that brings it.
 *
 *     node scripts/ensure-packages.mjs redis sshd chromium
 *
 * What is missing is installed through the package manager where that can be done without a question (as root, or with
 * a sudo that asks for no password); otherwise the exact command to type is printed and the exit status is 1.
 *
 * @typedef {'apt-get' | 'dnf' | 'apk' | 'zypper' | 'pacman' | 'brew'} Manager
 * @typedef {object} Need
 * @property {readonly string[]} programs any of them will do
 * @property {string} [variable] names a program elsewhere, which will do too
 * @property {Readonly<Partial<Record<Manager, readonly string[]>>>} packages those to try, best first
 * @property {readonly string[]} services what a package would start at every boot; nobody asked for that
 */

/** @type {Readonly<Record<string, Need>>} */
export const NEEDS = {
  redis: {
    programs: ['redis-server', 'valkey-server'],
    packages: {
      'apt-get': ['redis-server', 'valkey-server'],
      // RHEL 9 has redis, RHEL 10 and Fedora have valkey.
      dnf: ['valkey', 'redis'],
      apk: ['redis', 'valkey'],
      zypper: ['redis', 'valkey'],
      pacman: ['valkey'],
      brew: ['redis'],
    },
    services: ['redis-server', 'valkey-server', 'redis', 'valkey'],
  },
  sshd: {
    programs: ['sshd'],
    packages: {
      'apt-get': ['openssh-server'],
      dnf: ['openssh-server'],
      apk: ['openssh-server'],
      zypper: ['openssh-server'],
      pacman: ['openssh'],
    },
    services: ['ssh', 'sshd'],
  },
  'ssh-keygen': {
    programs: ['ssh-keygen'],
    packages: {
      'apt-get': ['openssh-client'],
      dnf: ['openssh'],
      apk: ['openssh-keygen'],
      zypper: ['openssh-common'],
      pacman: ['openssh'],
    },
    services: [],
  },
  chromium: {
    programs: ['chromium', 'chromium-browser'],
    variable: 'CHROMIUM_PATH',
    packages: {
      'apt-get': ['chromium', 'chromium-browser'],
      dnf: ['chromium'],
      apk: ['chromium'],
      zypper: ['chromium'],
      pacman: ['chromium'],
    },
    services: [],
  },
  curl: everywhere('curl'),
  jq: everywhere('jq'),
};

/**
 * A program whose package has its own name in every distribution.
 * @param {string} name
 * @returns {Need}
 */
function everywhere(name) {
  const packages = { 'apt-get': [name], dnf: [name], apk: [name], zypper: [name], pacman: [name], brew: [name] };
  return { programs: [name], packages, services: [] };
}

/** How each manager fetches its lists (null: not needed) and installs without a question. */
const MANAGERS = /** @type {const} */ ({
  'apt-get': { update: ['update'], install: ['install', '-y', '--no-install-recommends'] },
  dnf: { update: null, install: ['install', '-y'] },
  apk: { update: null, install: ['add', '--no-cache'] },
  zypper: { update: null, install: ['--non-interactive', 'install', '--no-recommends'] },
  pacman: { update: null, install: ['-S', '--noconfirm', '--needed'] },
  brew: { update: null, install: ['install'] },
});

/** Debian's switch that keeps packages from starting their services while they are installed. */
const POLICY = '/usr/sbin/policy-rc.d';

/**
 * The path of a program, or null. Looks at PATH and at the folders of daemons, which the PATH of a user may lack.
 * @param {string} program
 * @param {string} [path]
 * @returns {string | null}
 */
export function findProgram(program, path = process.env['PATH'] ?? '') {
  for (const folder of [...path.split(delimiter), '/usr/sbin', '/usr/local/sbin', '/sbin']) {
    if (folder === '') continue;
    const file = join(folder, program);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

/**
 * Those of the needs that no program on this machine meets.
 * @param {readonly string[]} names keys of NEEDS
 * @param {string} [path]
 * @returns {string[]}
 */
export function missing(names, path) {
  return names.filter((name) => {
    const { programs, variable } = needOf(name);
    if (variable !== undefined && (process.env[variable] ?? '') !== '') return false;
    return programs.every((program) => findProgram(program, path) === null);
  });
}

/**
 * What to tell somebody who must install by hand.
 * @param {readonly string[]} names
 * @param {Manager | null} manager
 */
export function advice(names, manager) {
  const programs = names.map((name) => needOf(name).programs.join(' or ')).join('; ');
  const lines = [`Missing on this machine: ${programs}. Type:`, ''];
  if (manager === null) {
    const packages = names.map((name) => firstPackage(name, 'apt-get') ?? name);
    lines.push(
      `  apt-get install ${packages.join(' ')}     (Debian, Ubuntu; elsewhere the packages of the same programs)`,
    );
  } else {
    const { update, install } = MANAGERS[manager];
    const sudo = manager === 'brew' ? '' : 'sudo ';
    const packages = names.flatMap((name) => firstPackage(name, manager) ?? []);
    if (update !== null) lines.push(`  ${sudo}${manager} ${update.join(' ')}`);
    if (packages.length > 0) lines.push(`  ${sudo}${manager} ${install.join(' ')} ${packages.join(' ')}`);
    const unknown = names.filter((name) => firstPackage(name, manager) === null);
    if (unknown.length > 0) lines.push(`  and install ${unknown.join(', ')}, for which ${manager} has no package`);
  }
  return `${[...lines, '', 'and run the same command again.'].join('\n')}\n`;
}

/**
 * @param {string} name
 * @param {Manager} manager
 */
function firstPackage(name, manager) {
  return needOf(name).packages[manager]?.[0] ?? null;
}

/**
 * @param {string} name
 * @returns {Need}
 */
function needOf(name) {
  const need = Object.hasOwn(NEEDS, name) ? NEEDS[name] : undefined;
  if (need === undefined) throw new Error(`${name} is none of ${Object.keys(NEEDS).join(', ')}`);
  return need;
}

/** @returns {Manager | null} */
function findManager() {
  const names = /** @type {Manager[]} */ (Object.keys(MANAGERS));
  return names.find((name) => findProgram(name) !== null) ?? null;
}

/**
 * The words before a command that needs root: [] for root, sudo where it asks for no password, null where neither helps.
 * @param {Manager} manager
 * @returns {readonly string[] | null}
 */
function rootPrefix(manager) {
  const isRoot = process.getuid?.() === 0;
  // Homebrew refuses to run as root, and needs no root.
  if (manager === 'brew') return isRoot ? null : [];
  if (isRoot) return [];
  return findProgram('sudo') !== null && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0
    ? ['sudo', '-n', '--preserve-env=DEBIAN_FRONTEND']
    : null;
}

/**
 * Runs a command in the open: it is printed before, and its output is shown.
 * @param {readonly string[]} words
 * @returns {boolean} whether it exited 0
 */
function run(words) {
  process.stderr.write(`+ ${words.join(' ')}\n`);
  const [program = '', ...args] = words;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Standard output belongs to whoever called us.
  return spawnSync(program, args, { stdio: ['ignore', process.stderr, process.stderr], env }).status === 0;
}

/**
 * @param {readonly string[]} names
 * @param {Manager} manager
 * @param {readonly string[]} prefix
 */
function install(names, manager, prefix) {
  const { update, install: words } = MANAGERS[manager];
  const before = startedAtBoot(names);
  const quiet = manager === 'apt-get' && prefix.length === 0 && !existsSync(POLICY);
  if (quiet) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    if (update !== null) run([...prefix, manager, ...update]);
    for (const name of names) {
      for (const candidate of needOf(name).packages[manager] ?? []) {
        if (missing([name]).length === 0) break;
        run([...prefix, manager, ...words, candidate]);
      }
    }
  } finally {
    if (quiet) rmSync(POLICY, { force: true });
  }
  for (const service of startedAtBoot(names)) {
    if (!before.includes(service)) run([...prefix, 'systemctl', 'disable', '--now', service]);
  }
}

/**
 * The services of these needs that systemd starts at boot.
 * @param {readonly string[]} names
 */
function startedAtBoot(names) {
  if (!existsSync('/run/systemd/system')) return [];
  return names
    .flatMap((name) => needOf(name).services)
    .filter((service) => spawnSync('systemctl', ['is-enabled', '--quiet', service], { stdio: 'ignore' }).status === 0);
}

/**
 * @param {readonly string[]} names
 * @returns {number} the exit status
 */
export function ensure(names) {
  const wanted = missing(names);
  if (wanted.length === 0) return 0;
  const manager = findManager();
  const prefix = manager === null ? null : rootPrefix(manager);
  if (manager !== null && prefix !== null) {
    process.stderr.write(`This needs ${wanted.join(', ')}; installing with ${manager}.\n`);
    install(wanted, manager, prefix);
  }
  const left = missing(names);
  if (left.length > 0) process.stderr.write(`\n${advice(left, manager)}`);
  return left.length === 0 ? 0 : 1;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = ensure(process.argv.slice(2));
}
