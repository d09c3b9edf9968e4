import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Package {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const { packages } = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as {
  readonly packages: Readonly<Record<string, Package>>;
};

/** Where Node would look for a package that one in `folder` asks for: beside it, and in each folder above. */
function placesFor(name: string, folder: string): string[] {
  const places = [`${folder}/node_modules/${name}`];
  for (let at = folder.lastIndexOf('/node_modules/'); at !== -1; at = folder.lastIndexOf('/node_modules/', at - 1)) {
    places.push(`${folder.slice(0, at)}/node_modules/${name}`);
  }
  return [...places, `node_modules/${name}`];
}

describe('package-lock.json', () => {
  // npm leaves out what the registry of the moment does not have, and `npm ci` then refuses the lock everywhere.
  it('holds the packages of every platform, not only of the one on which it was written', () => {
    const wanted = Object.entries(packages).flatMap(([folder, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).map((name) => ({ folder, name })),
    );
    expect(wanted.length).toBeGreaterThan(50);
    const missing = wanted.filter(({ folder, name }) => placesFor(name, folder).every((place) => !(place in packages)));
    expect(missing).toEqual([]);
  });
});
