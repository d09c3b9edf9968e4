import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { connectWorker } from '../../src/redis/connections.js';
import { startRedisBehindSentinel } from '../support/redis-setups.js';
import { until } from '../support/until.js';

/** A sentinel as a client far away sees it: while it is `held`, the answers of new connections wait. */
interface SlowSentinel {
  readonly port: number;
  /** Connections whose answers wait. */
  readonly waiting: number;
  hold(): void;
  release(): void;
  close(): void;
}

async function slowSentinel(port: number): Promise<SlowSentinel> {
  const waiting: (() => void)[] = [];
  const sockets: Socket[] = [];
  let held = false;
  const server: Server = createServer((client) => {
    const sentinel = connect(port, '127.0.0.1');
    sockets.push(client, sentinel);
    client.on('error', () => undefined).pipe(sentinel);
    sentinel.on('error', () => undefined);
    if (held) waiting.push(() => sentinel.pipe(client));
    else sentinel.pipe(client);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get waiting() {
      return waiting.length;
    },
    hold: () => (held = true),
    release: () => {
      held = false;
      for (const go of waiting.splice(0)) go();
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

it('a failover that is heard of while the sentinels are asked does not end the connection for ever', async () => {
  const redis = await startRedisBehindSentinel(1);
  const ports = [...redis.url.matchAll(/127\.0\.0\.1:(\d+)/g)].map((match) => Number(match[1]));
  const sentinel = await slowSentinel(ports[0] ?? 0);
  const client = connectWorker(redis.url.replace(`:${ports[0]}`, `:${sentinel.port}`));
  try {
    await client.set('a', '1');
    const old = await redis.master();
    sentinel.hold();
    await old.ask((admin) => admin.call('CLIENT', 'KILL', 'TYPE', 'NORMAL', 'SKIPME', 'yes'));
    await until('the client asks for the master', () => Promise.resolve(sentinel.waiting > 0));
    expect(client.status).toBe('connecting');

    await old.kill();
    await redis.newMaster(old);
    // Time for the word of the failover to arrive; the end of the wait is not what is tested.
    await new Promise((resolve) => setTimeout(resolve, 500));
    sentinel.release();
    await until('the client is back', async () => (await client.get('a')) === '1');
    expect(client.status).toBe('ready');
  } finally {
    client.disconnect();
    sentinel.close();
    await redis.stop();
  }
}, 60_000);
