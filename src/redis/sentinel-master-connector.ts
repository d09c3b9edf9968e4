import { SentinelConnector, type SentinelConnectionOptions } from 'ioredis';

/**
 * Finds the master by its sentinels, as ioredis does, and never gives up on it. The failover detector of a
 * connection lives on after that connection was lost. When it hears of the new master while the next attempt
 * still asks the sentinels, it breaks that attempt off, and ioredis 6.0.0 takes that for the end: the client
 * stays closed for ever, in every process that was so unlucky (built/connectors/SentinelConnector:
 * `!this.connecting`). So the old detector ends first.
 */
export class SentinelMasterConnector extends SentinelConnector {
  /** @param options those of the client: ioredis types them as unknown for a connector that is handed in */
  constructor(options: unknown) {
    super(options as SentinelConnectionOptions);
  }

  override connect(...words: Parameters<SentinelConnector['connect']>): ReturnType<SentinelConnector['connect']> {
    this.disconnect();
    return super.connect(...words);
  }
}
