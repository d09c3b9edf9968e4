import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { settingsTable } from '../../src/config/settings.js';
import { PROBLEM_TYPES } from '../../src/core/problem-type.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

/** The rows of all tables, without their heads; backticks taken off the first cell. */
function rows(markdown: string): string[][] {
  return markdown
    .split('\n')
    .filter((line) => /^\| `/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim().replace(/^`([^`]*)`$/, '$1')),
    );
}

describe('docs/problems.md', () => {
  it('has every type of problem with its status and title, and says when and what to do', () => {
    const documented = rows(read('docs/problems.md'));
    expect(documented.map(([type, status, title]) => [type, Number(status), title])).toEqual(
      Object.entries(PROBLEM_TYPES).map(([type, { status, title }]) => [type, status, title]),
    );
    for (const [type, , , when, advice] of documented) expect([type, when, advice]).not.toContain('');
  });
});

describe('README.md', () => {
  it('has the table of the settings as the service reads them', () => {
    const documented = rows(read('README.md'));
    const settings = rows(settingsTable());
    expect(settings.length).toBeGreaterThan(15);
    expect(documented.filter(([name]) => name !== undefined && /^[A-Z_]+$/.test(name))).toEqual(settings);
  });

  it('names only commands that are there', () => {
    const named = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)].flatMap((file) =>
      [...read(file).matchAll(/npm run ([a-z:-]+)/g)].map((match) => match[1] ?? ''),
    );
    expect(named).toContain('demo');
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});

describe('docs/architecture.md', () => {
  it('has every room of src, and no room that is not there', () => {
    const rooms = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const documented = [...read('docs/architecture.md').matchAll(/^\| `([a-z-]+)\/`/gm)].map((match) => match[1]);
    expect(documented.sort()).toEqual(rooms.map((room) => room.name).sort());
  });
});

describe('the documents', () => {
  // hmc-cli.md names files of the projects that it quotes.
  const files = [
    'README.md',
    ...readdirSync(join(ROOT, 'docs'))
      .filter((name) => name.endsWith('.md') && name !== 'hmc-cli.md')
      .map((name) => `docs/${name}`),
  ];

  it.each(files)('%s links and points to files that are there', (file) => {
    const text = read(file);
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) =>
      resolve(ROOT, dirname(file), match[1] ?? ''),
    );
    // A path in backticks with a folder and an ending of ours; src/x.ts, not a pattern such as src/x/*.ts.
    const paths = [
      ...text.matchAll(/`((?:src|test|simulator|demo|scripts|docs|openapi)\/[\w./-]+\.(?:ts|mjs|md|yaml))`/g),
    ].map((match) => join(ROOT, match[1] ?? ''));
    expect([...links, ...paths].filter((path) => !existsSync(path))).toEqual([]);
  });
});
