/*
 * ┌──────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
 * │ WHEN A REPLICA TAKES THE PLACE OF THE MASTER, the last writes of the old one may be gone: the mark of a command as │
 * │ sent, the plan, the start of the job, the turn itself. So then "not sent" counts as "maybe sent":                  │
 * │ - A lane that is owned holds the replication id of the master (`history`), which every failover changes. The owner │
 * │   takes it out when it leaves, and puts the new one in when it writes its record again: then Redis knows what it   │
 * │   knows. It starts no job under another id.                                                                        │
 * │ - Whoever takes a lane that still holds another id puts the running job, or the head of the queue if none is       │
 * │   marked as running, in `doubt`. That job is not run again: the system is looked at, and if it does not show the   │
 * │   wished state, the job ends as indeterminate. The one that would be dangerous to run again is a create whose slot │
 * │   was lost with its plan: it would take the next free slot, beside the vNIC that it has made already.              │
 * │ - An epoch is never given twice, even if the count was lost: it is the time of day in microseconds.                │
 * │ What this does not see: a replica that was behind by a whole turn. docs/reliability.md, "Redis set-ups".           │
 * └──────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
 */
/** Lua: the replication id of the master, `one` where no other server can take its place. */
export const HISTORY = `
local function history(mayFailOver)
  if mayFailOver ~= '1' then return 'one' end
  return string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
end
`;
