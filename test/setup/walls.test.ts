import { ESLint } from 'eslint';
import { beforeAll, describe, expect, it } from 'vitest';

// The text is linted in the place of a file that exists, so that nothing broken ever lies in the checkout.
describe('the walls of the house', () => {
  let eslint: ESLint;
  beforeAll(() => {
    eslint = new ESLint({
      // Where CI is set the parser would take each file for unchanged, and not look at the text that it is given.
      overrideConfig: { languageOptions: { parserOptions: { disallowAutomaticSingleRunInference: true } } },
    });
  });

  async function wallsBrokenBy(code: string, filePath: string): Promise<string[]> {
    const [result] = await eslint.lintText(`${code}\n`, { filePath });
    const messages = result?.messages ?? [];
    // A file that cannot be read as TypeScript would break no wall.
    expect(messages.filter((message) => message.fatal)).toEqual([]);
    return messages
      .filter(({ ruleId }) => ruleId !== null && /restricted/.test(ruleId))
      .map(({ message }) => message.replace(/\s+/g, ' '));
  }

  const CORE = 'src/core/outcome.ts';
  const PURE = 'core is pure';
  const APART = 'src and simulator share nothing';
  const BELOW = 'what is kept knows nothing of those who use it';
  const UNKNOWING = 'jobs are asked for without knowing how they run';
  const ASK = 'controllers ask a service';
  const OUTSIDE = 'the demo drives the product from outside';

  const BROKEN = [
    { what: 'core reading files', at: CORE, code: "import 'node:fs';", wall: PURE },
    { what: 'core using a framework', at: CORE, code: "export { Injectable } from '@nestjs/common';", wall: PURE },
    { what: 'core loading something later', at: CORE, code: "export const fs = import('node:fs');", wall: PURE },
    { what: 'core importing another room', at: CORE, code: "import '../hmc/circuit.js';", wall: PURE },
    {
      what: 'core importing only a type of another room',
      at: 'src/core/operations/operation.ts',
      code: "import type { JobRecord } from '../../store/job-record.js';\nexport type R = JobRecord;",
      wall: PURE,
    },
    {
      what: "the HMC's language importing what is made of it",
      at: 'src/core/hmc-language/records.ts',
      code: "import '../resources/vnic.js';",
      wall: 'hmc-language knows nothing of the rooms of core above it',
    },
    {
      what: 'a placement importing an operation',
      at: 'src/core/placement/place.ts',
      code: "import '../operations/vnic-create.js';",
      wall: 'placement knows nothing of the rooms of core above it',
    },
    {
      what: 'the store importing jobs',
      at: 'src/store/keys.ts',
      code: "import '../jobs/jobs.service.js';",
      wall: BELOW,
    },
    { what: 'the store importing lanes', at: 'src/store/keys.ts', code: "import '../lanes/executor.js';", wall: BELOW },
    {
      what: 'jobs importing lanes',
      at: 'src/jobs/jobs.service.ts',
      code: "import '../lanes/turn.js';",
      wall: UNKNOWING,
    },
    { what: 'src importing the simulator', at: 'src/main.ts', code: "import '../simulator/hmc.js';", wall: APART },
    {
      what: 'src loading the simulator later',
      at: 'src/main.ts',
      code: "export const simulator = import('../simulator/simulator.js');",
      wall: APART,
    },
    {
      what: 'the simulator importing src',
      at: 'simulator/main.ts',
      code: "import '../src/create-app.js';",
      wall: APART,
    },
    {
      what: 'the simulator importing core',
      at: 'simulator/estate/estate.ts',
      code: "import '../../src/core/hmc-language/records.js';",
      wall: APART,
    },
    {
      what: 'a controller talking to an HMC',
      at: 'src/vnics/vnic-reads.controller.ts',
      code: "import '../hmc/hmc-connections.js';",
      wall: ASK,
    },
    { what: 'the demo importing src', at: 'demo/main.ts', code: "import '../src/create-app.js';", wall: OUTSIDE },
    {
      what: 'the demo importing the simulator',
      at: 'demo/main.ts',
      code: "import '../simulator/simulator.js';",
      wall: OUTSIDE,
    },
  ];

  it.each(BROKEN)('stop $what', async ({ code, at, wall }) => {
    expect(await wallsBrokenBy(code, at)).toEqual([expect.stringContaining(wall)]);
  });

  const ALLOWED = [
    { what: 'core import core', at: CORE, code: "import './refusal.js';" },
    {
      what: 'an operation import a placement',
      at: 'src/core/operations/operation.ts',
      code: "import '../placement/place.js';",
    },
    { what: 'core parse and hash', at: CORE, code: "import 'node:crypto';\nimport 'csv-parse/sync';" },
    { what: 'a service talk to an HMC', at: 'src/hmcs/hmcs.service.ts', code: "import '../hmc/hmc-connections.js';" },
    { what: 'a controller use its service', at: 'src/hmcs/hmcs.controller.ts', code: "import './hmcs.service.js';" },
  ];

  it.each(ALLOWED)('let $what', async ({ code, at }) => {
    expect(await wallsBrokenBy(code, at)).toEqual([]);
  });
}, 120_000);
