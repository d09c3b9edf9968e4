import { describe, expect, it } from 'vitest';
import { HmcOutputError } from '../../../src/core/hmc-language/hmc-output-error.js';
import { parseFirmwareLevel } from '../../../src/core/resources/firmware-level.js';

// No output of lslic was found published: these are shapes that an HMC may print (hmc-cli.md §1.9, INFERRED).
describe('lslic', () => {
  it.each([
    ['activated_level=56,activated_spname=FW860.10,ecnumber=01SC860', [860]],
    ['lic_type=Managed System,activated_level=121,activated_spname=FW1030.00,ecnumber=01MH1030', [1030]],
    ['activated_level=56,activated_spname=FW860.10', [860]],
    ['activated_level=56,ecnumber=01SC840', [840]],
    ['activated_level=56,activated_spname=FW860.10,ecnumber=01SC840', [860, 840]],
    ['activated_level=unavailable,activated_spname=unavailable,ecnumber=unavailable', []],
    ['activated_level=56,activated_spname=', []],
    ['activated_level=56,activated_spname=860', []],
  ])('%s', (line, releases) => {
    expect(parseFirmwareLevel(`${line}\n`).releases).toEqual(releases);
  });

  it('takes the line of the system among several', () => {
    expect(parseFirmwareLevel('lic_type=Power\nlic_type=Managed System,activated_level=56\n').activatedLevel).toBe(
      '56',
    );
  });

  it('says nothing of nothing', () => {
    expect(() => parseFirmwareLevel('No results were found.\n')).toThrow(HmcOutputError);
  });
});
