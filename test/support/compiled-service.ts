import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transform } from '@swc/core';

/**
 * Compiles src/ as the build does, only faster, for tests that need the service (or a part of it) in a process of its
 * own: to kill it, to freeze it, to send it signals. Stands under the project because bare imports resolve there only.
 * @param options `from`: the folder of the sources; `edit`: changes a source before it is compiled, for a service with
 *   a planted bug
 * @returns the folder; `main.js` in it is the service
 */
export async function compileService({
  from = 'src',
  edit = (_file, text) => text,
}: {
  readonly from?: string;
  readonly edit?: (file: string, text: string) => string;
} = {}): Promise<{ readonly dir: string; readonly remove: () => void }> {
  const cache = join(process.cwd(), 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const dir = mkdtempSync(join(cache, 'test-service-'));
  writeFileSync(join(dir, 'package.json'), '{"type":"module","version":"0.0.0"}');
  for (const file of readdirSync(from, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const { code } = await transform(edit(file, readFileSync(join(from, file), 'utf8')), {
      filename: file,
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
