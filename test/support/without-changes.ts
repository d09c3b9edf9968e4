import type { BenchWorker, LaneBench } from './lane-bench.js';

/** A worker whose changes no HMC takes while `refuses` says so; reads reach them. `tried` gets the ids of those asked. */
export function withoutChanges(
  bench: LaneBench,
  hmcWaitMs: number,
  tried: string[],
  refuses: (hmcId: string) => boolean,
): BenchWorker {
  const { hmcs } = bench;
  return bench.newWorker(
    { hmcWaitMs },
    {
      hmcs: {
        hmcIds: () => hmcs.hmcIds(),
        reachability: (id) => hmcs.reachability(id),
        probe: (id) => hmcs.probe(id),
        login: (id) => hmcs.login(id),
        close: (graceMs) => hmcs.close(graceMs),
        run: (id, line, options) => {
          if (options.kind === 'read' || !refuses(id)) return hmcs.run(id, line, options);
          tried.push(id);
          return Promise.resolve({ kind: 'never-started', reason: 'channel-refused', message: 'No more sessions.' });
        },
      },
    },
  );
}
