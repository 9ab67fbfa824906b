-- Begins every script of the ingest buffer. KEYS[1] is the beginning of all its names. A lane (`live`, `backfill`) has <lane>:open:<bucket>, the pieces
-- of an open block (list), with :meta, what is known of it (hash); <lane>:open, its open buckets, and <lane>:blocks, its sealed blocks (sorted sets by
-- the instant of the first event). `block:<id>` is a sealed block, `totals` counts what waits. A bucket is <week>.<shard>, the week 0 in the live lane; an
-- id ends in the same shard. Without one, as before there were shards, it is the first. `shards` is how many servers keys are split over, where it was ever
-- told; while a server is added, `held` is since when (epoch ms), and `draining` the ids of blocks that are recorded all the same.
-- `now` is Redis's own clock, so that processes need not agree on theirs.
local name = KEYS[1]
local totals = name .. ':totals'
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function count(lane, rows, bytes)
  redis.call('HINCRBY', totals, lane .. ':rows', rows)
  redis.call('HINCRBY', totals, lane .. ':bytes', bytes)
end

local function seal(lane, bucket, newId)
  local id = newId .. (string.match(bucket, '%.%d+$') or '.0')
  local open, block = name .. ':' .. lane .. ':open:' .. bucket, name .. ':block:' .. id
  redis.call('ZADD', name .. ':' .. lane .. ':blocks', redis.call('HGET', open .. ':meta', 'since'), id)
  redis.call('RENAME', open .. ':meta', block .. ':meta')
  if redis.call('EXISTS', open) == 1 then redis.call('RENAME', open, block) end
  redis.call('ZREM', name .. ':' .. lane .. ':open', bucket)
  return id
end
