import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** What the build is made of. */
const SOURCES = [
  'src',
  'simulator',
  'demo',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
];
/** What it makes, last file last. */
const PRODUCTS = ['dist/service/main.js', 'dist/simulator/main.js', 'dist/demo/main.js'];

/**
 * Whether there is no complete build, or one that is older than its sources.
 * @param {string} [root]
 */
export function isBuildDue(root = ROOT) {
  const products = PRODUCTS.map((path) => join(root, path));
  if (!products.every((path) => existsSync(path))) return true;
  const oldest = Math.min(...products.map((path) => statSync(path).mtimeMs));
  return SOURCES.some((path) => newest(join(root, path)) > oldest);
}

/**
 * The time (ms) of the latest change of a file, or of anything in a folder; 0 where there is nothing.
 * @param {string} path
 * @returns {number}
 */
function newest(path) {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** Builds when it is due. @returns {number} the exit status */
export function buildIfOlder() {
  if (!isBuildDue()) return 0;
  if (!existsSync(join(ROOT, 'node_modules', 'typescript'))) {
    process.stderr.write(
      'The build is missing or older than its sources, and there is no compiler here: type npm ci.\n',
    );
    return 1;
  }
  process.stderr.write('Building …\n');
  const npm = spawnSync('npm', ['run', '--silent', 'build'], {
    cwd: ROOT,
    stdio: ['ignore', process.stderr, process.stderr],
  });
  return npm.status ?? 1;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = buildIfOlder();
}
