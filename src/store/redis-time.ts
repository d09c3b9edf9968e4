/**
 * Lua: `now`, the time of Redis in ms since 1970. Times that several processes compare are told by Redis: their own clocks
 * may differ, and a lane would then wait for the difference.
 */
export const NOW = `
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
`;
