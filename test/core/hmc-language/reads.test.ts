import { describe, expect, it } from 'vitest';

import { renderCommand } from '../../../src/core/hmc-language/quote-word.js';
import * as reads from '../../../src/core/hmc-language/reads.js';

const mtms = '9119-MME*65BA46F';

describe('reads', () => {
  it.each([
    [reads.listManagedSystems(), 'lssyscfg -r sys'],
    [reads.listPartitions(mtms), "lssyscfg -r lpar -m '9119-MME*65BA46F'"],
    [reads.listSriovAdapters(mtms), "lshwres -r sriov --rsubtype adapter -m '9119-MME*65BA46F'"],
    [reads.listPhysicalPorts(mtms, 'ethc'), "lshwres -r sriov --rsubtype physport --level ethc -m '9119-MME*65BA46F'"],
    [
      reads.listPhysicalPortGranularity(mtms, 'ethc'),
      "lshwres -r sriov --rsubtype physport --level ethc -m '9119-MME*65BA46F' -F adapter_id,phys_port_id,min_eth_capacity_granularity --header",
    ],
    [
      reads.listPhysicalPortGranularity(mtms, 'roce'),
      "lshwres -r sriov --rsubtype physport --level roce -m '9119-MME*65BA46F' -F adapter_id,phys_port_id,min_eth_capacity_granularity --header",
    ],
    [reads.listLogicalPorts(mtms, 'unconfigured'), "lshwres -r sriov --rsubtype logport -m '9119-MME*65BA46F'"],
    [reads.listLogicalPorts(mtms, 'eth'), "lshwres -r sriov --rsubtype logport -m '9119-MME*65BA46F' --level eth"],
    [reads.listVnics(mtms), "lshwres -r virtualio --rsubtype vnic --level lpar -m '9119-MME*65BA46F'"],
    [reads.listVirtualSlots(mtms), "lshwres -r virtualio --rsubtype slot --level lpar -m '9119-MME*65BA46F'"],
    [reads.listProfiles(mtms), "lssyscfg -r prof -m '9119-MME*65BA46F'"],
    [reads.showFirmwareLevel(mtms), "lslic -m '9119-MME*65BA46F' -t sys"],
    [reads.showHmcVersion(), 'lshmc -V'],
    [reads.showHmcVitalProductData(), 'lshmc -v'],
    [reads.listHmcUsers(), 'lshmcusr'],
  ])('%#: %j', (command, commandLine) => {
    expect(renderCommand(command)).toBe(commandLine);
    expect(command.kind).toBe('read');
  });

  it('filters vNICs by the name of a partition', () => {
    const listed = reads.listVnicsOfPartition(mtms, 'my lizard');
    expect(listed.ok && renderCommand(listed.value)).toBe(
      "lshwres -r virtualio --rsubtype vnic --level lpar -m '9119-MME*65BA46F' --filter 'lpar_names=my lizard'",
    );
  });

  it.each(['', 'a,b', 'a"b', 'a\nb'])('refuses to filter by the name %j', (name) => {
    expect(reads.listVnicsOfPartition(mtms, name)).toMatchObject({
      ok: false,
      refusal: { type: 'not-representable' },
    });
  });
});
