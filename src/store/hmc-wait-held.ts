/**
 * Lua: the wait of a lane for an HMC stands still from now until its next job finds none (`HMC_AWAY`), because the lane
 * starts no job meanwhile. Needs `now`.
 */
export const HOLD_HMC_WAIT = `
local function holdHmcWait(lane)
  local until_ = redis.call('HGET', lane, 'hmcAwayUntil')
  if not until_ then return end
  redis.call('HSET', lane, 'hmcAwayLeft', math.max(0, until_ - now))
  redis.call('HDEL', lane, 'hmcAwayUntil')
end
`;
