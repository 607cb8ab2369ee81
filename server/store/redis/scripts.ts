/** Every script touches the keys of one task, or one key: each runs on one node of a cluster. */

/**
 * Numbers an event, keeps it and passes it on, all at once.
 * KEYS: the task's hash, its stream. ARGV: the event as JSON without its progress and its closing brace, its
 * progress, the new status, the stage or '', the task id as JSON, time, step or '', '1' if it must be waiting,
 * traceparent or '', entries kept, milliseconds kept after a terminal event or '', the channel.
 */
export const PUBLISH = `
local body, progress, status, stage, id, at = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local step, waiting, trace, limit, keep, channel = ARGV[7], ARGV[8], ARGV[9], ARGV[10], ARGV[11], ARGV[12]
local task = redis.call('HMGET', KEYS[1], 'status', 'seq', 'progress', 'step')
if not task[1] then return redis.error_reply('PETREL task_unknown') end
if step ~= '' and tonumber(step) <= tonumber(task[4]) then return false end
if task[1] == 'completed' or task[1] == 'failed' or task[1] == 'cancelled' then
  return redis.error_reply('PETREL task_ended')
end
if waiting == '1' and task[1] ~= 'waiting_for_review' then
  return redis.error_reply('PETREL task_not_waiting')
end
if tonumber(progress) < tonumber(task[3]) then progress = task[3] end
local seq = string.format('%d', tonumber(task[2]) + 1)
local event = body .. ',"progress":' .. progress .. ',"task_id":' .. id .. ',"seq":' .. seq .. '}'
redis.call('HSET', KEYS[1], 'status', status, 'seq', seq, 'progress', progress)
if stage ~= '' then redis.call('HSET', KEYS[1], 'stage', stage) end
if step ~= '' then redis.call('HSET', KEYS[1], 'step', step) end
redis.call('XADD', KEYS[2], 'MAXLEN', limit, seq .. '-0', 'event', event, 'at', at, 'trace', trace)
if keep ~= '' then
  redis.call('PEXPIRE', KEYS[1], keep)
  redis.call('PEXPIRE', KEYS[2], keep)
end
redis.call('PUBLISH', channel, at .. '\\n' .. trace .. '\\n' .. event)
return event
`

/** Keeps a new task, unless somebody else has. KEYS: the task's hash. ARGV: its fields and their values. */
export const CREATE = `
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV))
return 1
`

/** Takes work whose lease has run out. KEYS: the leases. ARGV: how many, milliseconds. */
export const CLAIM = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])
for _, id in ipairs(ids) do redis.call('ZADD', KEYS[1], now + ARGV[2], id) end
return ids
`

/** Keeps or gives away work. KEYS: the leases. ARGV: milliseconds, '1' to add what is not there, ids. */
export const RENEW = `
local time = redis.call('TIME')
local due = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[1]
for index = 3, #ARGV do
  if ARGV[2] == '1' then redis.call('ZADD', KEYS[1], due, ARGV[index])
  else redis.call('ZADD', KEYS[1], 'XX', due, ARGV[index]) end
end
return 1
`
