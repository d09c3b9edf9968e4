import { runCheck } from './run-check.js';

/** `npm run check-hmc`: tries each HMC of HMC_CONFIG before first use. */
process.exitCode = await runCheck(process.env, (text) => process.stdout.write(text));
