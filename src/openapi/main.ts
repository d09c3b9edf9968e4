import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { describeApi } from './describe-api.js';

const FILE = 'openapi/openapi.yaml';

/** `write` renews openapi/openapi.yaml; `check` compares it with what the service serves, and shows what differs. */
async function main(task: string | undefined): Promise<number> {
  const described = await describeApi();
  switch (task) {
    case 'write':
      writeFileSync(FILE, described);
      return 0;
    case 'check': {
      if (readFileSync(FILE, 'utf8') === described) return 0;
      const { stdout } = spawnSync('diff', ['-u', FILE, '-'], { input: described, encoding: 'utf8' });
      process.stderr.write(`${stdout}\n${FILE} is not what the service serves: npm run openapi, and commit it.\n`);
      return 1;
    }
    default:
      process.stderr.write('usage: node main.js write|check\n');
      return 2;
  }
}

process.exitCode = await main(process.argv[2]);
