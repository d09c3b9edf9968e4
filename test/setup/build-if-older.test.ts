import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isBuildDue } from '../../scripts/build-if-older.mjs';

describe('whether a build is due', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'build-test-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** Writes files, and says when they and their folders were changed last (seconds since 1970). */
  function write(at: number, ...paths: string[]): void {
    for (const path of paths) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), '');
      for (let each = path; each !== '.'; each = dirname(each)) utimesSync(join(root, each), at, at);
    }
  }
  const PRODUCTS = ['dist/service/main.js', 'dist/simulator/main.js', 'dist/demo/main.js'];

  it('is when there is none, or a part of it is missing', () => {
    write(100, 'src/main.ts');
    expect(isBuildDue(root)).toBe(true);
    write(200, 'dist/service/main.js');
    expect(isBuildDue(root)).toBe(true);
  });

  it('is not when every part is newer than every source', () => {
    write(100, 'src/core/outcome.ts', 'package-lock.json');
    write(200, ...PRODUCTS);
    expect(isBuildDue(root)).toBe(false);
  });

  it.each(['src/core/deep/down.ts', 'simulator/main.ts', 'demo/main.ts', 'package-lock.json', 'tsconfig.json'])(
    'is when %s is newer',
    (path) => {
      write(100, 'src/main.ts');
      write(200, ...PRODUCTS);
      write(300, path);
      expect(isBuildDue(root)).toBe(true);
    },
  );

  it('is when a source was taken away', () => {
    write(100, 'src/main.ts');
    write(200, ...PRODUCTS);
    utimesSync(join(root, 'src'), 300, 300);
    expect(isBuildDue(root)).toBe(true);
  });
});
