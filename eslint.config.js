import js from '@eslint/js';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/**
 * The walls of the house (docs/architecture.md): who may import whom.
 * - core is pure: it imports only itself, and its rooms stand in one order.
 * - src and simulator never import each other: a misunderstanding shared by both would pass every test.
 * - store is below jobs and lanes, and jobs never import lanes.
 * - controllers never talk to hmc; they ask a service.
 * - the demo drives the built programs from outside.
 */
const zone = (target, from, message, except) => ({ target, from, message, ...(except ? { except } : {}) });

/** The rooms of core, each below the next: a room imports only itself and those below it. */
const CORE_ROOMS = [
  'hmc-language',
  'resources',
  'views',
  'readiness',
  'placement',
  'migrations',
  'operations',
  'label-audit',
];
const coreZones = CORE_ROOMS.slice(0, -1).map((room, index) =>
  zone(
    `./src/core/${room}`,
    CORE_ROOMS.slice(index + 1).map((above) => `./src/core/${above}`),
    `${room} knows nothing of the rooms of core above it`,
  ),
);

export default tseslint.config(
  { ignores: ['dist/**', 'coverage/**', 'eslint.config.js'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
    // Without it an import of './x.js' is not found, and what is not found breaks no wall.
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver({ project: './tsconfig.json' })] },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'import-x/order': ['error', { groups: ['builtin', 'external', 'parent', 'sibling'] }],
      'import-x/no-restricted-paths': [
        'error',
        {
          zones: [
            zone('./src/core', './src', 'core is pure: it imports only core', ['./core']),
            ...coreZones,
            zone('./src', './simulator', 'src and simulator share nothing'),
            zone('./simulator', './src', 'src and simulator share nothing'),
            zone('./demo', './src', 'the demo drives the product from outside'),
            zone('./demo', './simulator', 'the demo drives the product from outside'),
            zone('./src/store', './src/jobs', 'what is kept knows nothing of those who use it'),
            zone('./src/store', './src/lanes', 'what is kept knows nothing of those who use it'),
            zone('./src/jobs', './src/lanes', 'jobs are asked for without knowing how they run'),
            zone('./src/**/*.controller.ts', './src/hmc', 'controllers ask a service, never an HMC'),
          ],
        },
      ],
    },
  },
  {
    files: ['src/core/**/*.ts'],
    rules: {
      // csv-parse's synchronous parser and a hash are pure functions; everything else from outside is I/O or a
      // framework.
      'no-restricted-imports': [
        'error',
        {
          patterns: [{ regex: '^(?!\\.|csv-parse/sync$|node:crypto$)', message: 'core is pure: no framework, no I/O' }],
        },
      ],
      // The rule above does not see import().
      'no-restricted-syntax': [
        'error',
        { selector: 'ImportExpression', message: 'core is pure: it loads nothing later' },
      ],
    },
  },
  {
    // Types stand in JSDoc there, where this rule does not look; the compiler checks them.
    files: ['scripts/**/*.mjs'],
    rules: { '@typescript-eslint/explicit-module-boundary-types': 'off' },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
);
