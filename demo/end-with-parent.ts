/**
 * Loaded before a program of the demo (`node --import`): ends it in order when the demo is gone without having been
 * able to stop it, killed for example. The channel closes with the process at its other end.
 */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// Listening must not keep the program alive.
process.channel?.unref();
