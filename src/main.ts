import { Logger } from '@nestjs/common';
import { ConfigurationError } from './config/configuration-error.js';
import { loadConfiguration } from './config/load-configuration.js';
import { createApp } from './create-app.js';
import { LocalRedisError } from './redis/local-redis-server.js';

async function main(): Promise<void> {
  const config = loadConfiguration(process.env);
  const app = await createApp(config);
  // Exit status 0 after an orderly shutdown, instead of death by the signal.
  app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
  try {
    await app.listen({ host: config.host, port: config.port });
  } catch (error) {
    await app.close();
    throw isAddressFault(error) ? new ConfigurationError([`HOST and PORT: ${error.message}`]) : error;
  }
  // With PORT=0 nobody knows it otherwise.
  new Logger('Service').log(`listening on ${await app.getUrl()}`);
}

/** Whether the address to listen on is taken, not allowed or not there: what an operator can mend. */
function isAddressFault(error: unknown): error is Error {
  return (
    error instanceof Error &&
    'code' in error &&
    ['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL', 'ENOTFOUND'].includes(String(error.code))
  );
}

main().catch((error: unknown) => {
  // What the operator can mend is told without a stack.
  const isForOperator = error instanceof ConfigurationError || error instanceof LocalRedisError;
  process.stderr.write(`${isForOperator ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
