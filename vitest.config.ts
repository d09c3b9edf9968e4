import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';

// Nest's dependency injection and class-validator read the types that decorators leave behind, which esbuild
// does not write; SWC does.
export default defineConfig({
  plugins: [
    swc.vite({
      module: { type: 'es6' },
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        keepClassNames: true,
      },
    }),
  ],
  test: {
    include: ['test/**/*.test.ts'],
    // .ci/run counts from the second one.
    ...(process.env['CI'] === undefined
      ? {}
      : { reporters: ['default', 'json'], outputFile: { json: 'coverage/vitest.json' } }),
    // Bounds for what hangs, not for what is slow: the machine may be busy.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Real Redis, SSH and HTTP servers share two cores: more workers only make each of them late.
    maxWorkers: 2,
  },
});
