import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { buildIfOlder, ROOT } from './build-if-older.mjs';

// `npm start`: the service on real HMCs. It runs in this very process, so that SIGTERM reaches it.
const status = buildIfOlder();
if (status === 0) await import(pathToFileURL(join(ROOT, 'dist', 'service', 'main.js')).href);
else process.exitCode = status;
