-- Commits a group of batches, after buffer.lua and repeats.lua. ARGV: the two kinds of repeats; live rows, backfill rows and bytes at which an open block
-- is sealed, the beginning of the ids that they are then given, number of reservations, of sources that made them, of ids of events, of heartbeats, of
-- pieces, of blocks that stay alone, and of servers that the keys are split over (0: whatever); then of each reservation head, field, value, errors and milliseconds; source, kind and units; head and field of each
-- id; minute:source; lane, bucket, rows, data and counts; and id, rows, data and counts, which are their number, then name and events of each.
-- Answers {0, what holds each reservation's name or ''} and does nothing when one is held by another batch; {2, places of ids that are held...} and does
-- nothing when there are such; {3, servers} and does nothing when blocks are split for another number; else {1, now, lane and id of each sealed block...}.
local maxRows, maxBytes, newId = {live = tonumber(ARGV[3]), backfill = tonumber(ARGV[4])}, tonumber(ARGV[5]), ARGV[6]
local reserved, kept, ids, heard = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
local pieces, alone, shards, at = tonumber(ARGV[11]), tonumber(ARGV[12]), tonumber(ARGV[13]), 13

local split = redis.call('GET', name .. ':shards')
if shards > 0 and split and tonumber(split) ~= shards then return {3, split} end

local answer, conflict, mine = {0}, false, 0
for i = 1, reserved do
  local a = at + 5 * (i - 1)
  local held = heldBy(ARGV[a + 1], ARGV[a + 2])
  if held == ARGV[a + 3] then
    mine = mine + 1
    held = ''
  elseif held then
    conflict = true
    held = held .. errorsOf(ARGV[a + 1], ARGV[a + 2])
  end
  answer[i + 1] = held or ''
end
if conflict then return answer end
-- The answer to this very commit was lost on its way, and it was sent again.
if reserved > 0 and mine == reserved then return {1, now} end
local idsAt, places = at + 5 * reserved + 3 * kept, {2}
for i = 1, ids do
  if heldBy(ARGV[idsAt + 2 * i - 1], ARGV[idsAt + 2 * i], idKind) then places[#places + 1] = tostring(i) end
end
if #places > 1 then return places end
for i = 1, ids do reserve(ARGV[idsAt + 2 * i - 1], ARGV[idsAt + 2 * i], '', '', idKind) end
for i = 1, reserved do
  local a = at + 5 * (i - 1)
  reserve(ARGV[a + 1], ARGV[a + 2], ARGV[a + 3], ARGV[a + 4], tonumber(ARGV[a + 5]))
end
at = at + 5 * reserved
for i = 0, kept - 1 do note(ARGV[at + 3 * i + 1], tonumber(ARGV[at + 3 * i + 2]), ARGV[at + 3 * i + 3]) end
at = at + 3 * kept + 2 * ids

-- Adds the counts that follow ARGV[at] to what is known of a block.
local function addCounts(meta)
  local counts = tonumber(ARGV[at + 1])
  for i = 1, counts do redis.call('HINCRBY', meta, ARGV[at + 2 * i], ARGV[at + 2 * i + 1]) end
  at = at + 1 + 2 * counts
end

local sealed = {1, now}
local function join(lane, bucket, rows, data)
  local open = name .. ':' .. lane .. ':open:' .. bucket
  if rows > 0 then
    redis.call('RPUSH', open, data)
    count(lane, rows, #data)
    addCounts(open .. ':meta')
  end
  if redis.call('HSETNX', open .. ':meta', 'since', now) == 1 then
    redis.call('ZADD', name .. ':' .. lane .. ':open', now, bucket)
  end
  local openRows = redis.call('HINCRBY', open .. ':meta', 'rows', rows)
  local openBytes = redis.call('HINCRBY', open .. ':meta', 'bytes', #data)
  if openRows >= maxRows[lane] or openBytes >= maxBytes then
    sealed[#sealed + 1] = lane
    sealed[#sealed + 1] = seal(lane, bucket, newId .. '-' .. #sealed)
  end
end
for i = 1, heard do redis.call('HSET', name .. ':live:open:0.0:meta', 'heard:' .. ARGV[at + i], 1) end
at = at + heard
if heard > 0 then join('live', '0.0', 0, '') end
for i = 1, pieces do
  at = at + 4
  join(ARGV[at - 3], ARGV[at - 2], tonumber(ARGV[at - 1]), ARGV[at])
end
for i = 1, alone do
  at = at + 3
  local id, rows, data = ARGV[at - 2], ARGV[at - 1], ARGV[at]
  redis.call('RPUSH', name .. ':block:' .. id, data)
  redis.call('HSET', name .. ':block:' .. id .. ':meta', 'rows', rows, 'bytes', #data, 'since', now)
  addCounts(name .. ':block:' .. id .. ':meta')
  redis.call('ZADD', name .. ':live:blocks', now, id)
  count('live', rows, #data)
  sealed[#sealed + 1] = 'live'
  sealed[#sealed + 1] = id
end
return sealed
