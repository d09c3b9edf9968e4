import { readFileSync, readdirSync } from 'node:fs';

const folder = new URL('../../fixtures/samples/', import.meta.url);

/** The names of all captures in test/fixtures/samples. */
export function sampleNames(): string[] {
  return readdirSync(folder).sort();
}

/** One capture as it was saved: its first line names its source. */
export function rawSample(name: string): string {
  return readFileSync(new URL(name, folder), 'utf8');
}

/** What the HMC printed: a capture without the lines that we added (`# source`, `$ command`). */
export function sample(name: string): string {
  return rawSample(name)
    .split('\n')
    .filter((line) => !/^(#|\$ )/.test(line))
    .join('\n');
}
