import { existsSync, readFileSync } from 'node:fs';

/** The version in our package.json, which stands above this file in the sources and in the build alike. */
export const SERVICE_VERSION = readVersion(new URL('.', import.meta.url));

function readVersion(folder: URL): string {
  const file = new URL('package.json', folder);
  if (existsSync(file)) {
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version?: string };
    if (version !== undefined) return version;
  }
  const parent = new URL('..', folder);
  if (parent.href === folder.href) throw new Error('package.json not found');
  return readVersion(parent);
}
