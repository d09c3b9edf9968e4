import { readFileSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readApiKeys } from '../../src/config/api-keys.js';
import { readHmcConfig } from '../../src/config/hmc-config.js';
import { settingsTable } from '../../src/config/settings.js';

const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');

describe('docs/configuration.md', () => {
  it('holds the table of the settings that the service reads', () => {
    const table = /<!-- settings:begin[^>]*-->\n([\s\S]*?)\n<!-- settings:end -->/.exec(page)?.[1]?.trim() ?? '';
    // Prettier pads the columns.
    const cells = (text: string): string[] =>
      text.split('\n').map((row) => row.replace(/\s*\|\s*/g, '|').replace(/-{3,}/g, '---'));
    expect(cells(table)).toEqual(cells(settingsTable()));
  });

  it('shows YAML files that are right but for the secrets that stand beside them', () => {
    const [hmcs = '', keys = ''] = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
    const dir = mkdtempSync(join(tmpdir(), 'test-page-'));
    try {
      writeFileSync(join(dir, 'hmcs.yaml'), hmcs);
      writeFileSync(join(dir, 'keys.yaml'), keys);
      const { faults } = readHmcConfig(join(dir, 'hmcs.yaml'));
      expect(faults).toHaveLength(3);
      for (const fault of faults)
        expect(fault).toMatch(/(privateKeyFile|passphraseFile|passwordFile): .* does not exist$/);
      expect(readApiKeys(join(dir, 'keys.yaml'))).toMatchObject({ faults: [], value: [{ name: 'ansible' }] });
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
