/** The stream of events is kept to about this many entries, for those who resume. */
export const EVENTS_KEPT = 5000;

/** Lua: puts the record of a job at the end of the stream of events, which keeps about `kept`. */
export const TELL = `
local function tell(events, kept, job, id, state, record)
  local place = redis.call('HGET', job, 'sequence')
  redis.call('XADD', events, 'MAXLEN', '~', kept, '*', 'job', id, 'state', state, 'sequence', place, 'record', record)
end
`;
