/**
 * What Redis answers while it is up but of no use: loading its file, no disk space, no memory, a read-only replica, a
 * master that has just become one, a cluster without a master for our keys.
 */
const USELESS =
  /^(LOADING|MISCONF|OOM|READONLY|UNBLOCKED|MASTERDOWN|NOREPLICAS|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|NOAUTH|WRONGPASS|NOPERM)\b/;

/**
 * The messages by which ioredis 6 says that there is no connection (built/Redis.js, built/redis/event_handler.js,
 * built/cluster/index.js).
 */
const DISCONNECTED = new RegExp(
  [
    'Connection is closed\\.',
    'Command timed out',
    "Stream isn't writeable and enableOfflineQueue options is false",
    'Command aborted due to connection close',
    'Reached the max retries per request limit',
    'Too many Cluster redirections',
    "Cluster isn't ready and enableOfflineQueue options is false",
    'Cluster is (ended|disconnected|disconnecting)\\.',
    'None of startup nodes is available',
    'All sentinels are unreachable',
  ]
    .map((message) => `^${message}`)
    .join('|'),
);

/**
 * Whether an error means that Redis could not be reached or cannot serve: 503, try again later. What else Redis says
 * (a wrong type, a script's own error) is a fault of ours.
 */
export function isStoreAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'MaxRetriesPerRequestError' || error.name === 'ClusterAllFailedError') return true;
  if (error.name === 'ReplyError') return USELESS.test(error.message);
  return DISCONNECTED.test(error.message);
}
