import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transformFile } from '@swc/core';

/**
 * Compiles src/ as the build does, only faster, for tests that need the service (or a part of it) in a process of its
 * own: to kill it, to freeze it, to send it signals. Stands under the project because bare imports resolve there only.
 * @returns the folder; `main.js` in it is the service
 */
export async function compileService(): Promise<{ readonly dir: string; readonly remove: () => void }> {
  const cache = join(process.cwd(), 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const dir = mkdtempSync(join(cache, 'test-service-'));
  writeFileSync(join(dir, 'package.json'), '{"type":"module","version":"0.0.0"}');
  for (const file of readdirSync('src', { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const { code } = await transformFile(join('src', file), {
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        keepClassNames: true,
      },
      module: { type: 'es6' },
    });
    const target = join(dir, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, code);
  }
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
