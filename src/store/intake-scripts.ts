import { redisScript } from "./redis-script.js";

/*
 * Every script is given the same five keys first: KEYS[1] the open block's pieces (list), [2] what is known of it (hash), [3] the sealed
 * blocks (sorted set: id by the instant of its first event), [4] totals of all that waits (hash), [5] the beginning of a block's name.
 * `now` is Redis's own clock, so that processes need not agree on theirs.
 */
const SHARED = `
local open, openMeta, blocks, totals, blockPrefix = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function seal(id)
  local name = blockPrefix .. id
  redis.call('ZADD', blocks, redis.call('HGET', openMeta, 'since'), id)
  redis.call('RENAME', openMeta, name .. ':meta')
  if redis.call('EXISTS', open) == 1 then redis.call('RENAME', open, name) end
end
`;

/**
 * ARGV: rows and bytes at which the open block is sealed, the id that it is then given, number of reservations, of heartbeats, of
 * blocks that stay alone, rows and data of the piece for the open block (0 and '' for none), number of its counts; then value and
 * milliseconds of each reservation (names are KEYS[6...]), minute:source of each heartbeat, name and events of each count of the piece, and
 * id, rows, data, number of counts, name and events of each for each block that stays alone.
 * Answers {0, what holds each name or ''} and does nothing when one is held by another batch; else {1, now, ids that were sealed...}.
 */
export const commitScript = redisScript(`${SHARED}
local maxRows, maxBytes, newId = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local reserved, heard, alone, rows, data = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), ARGV[8]
local counts = tonumber(ARGV[9])
local at = 9

local answer, conflict, mine = {0}, false, 0
for i = 1, reserved do
  local held = redis.call('GET', KEYS[5 + i])
  if held == ARGV[at + 2 * i - 1] then
    mine = mine + 1
    held = ''
  elseif held then conflict = true end
  answer[i + 1] = held or ''
end
if conflict then return answer end
-- The answer to this very commit was lost on its way, and it was sent again.
if reserved > 0 and mine == reserved then return {1, now} end
for i = 1, reserved do
  redis.call('SET', KEYS[5 + i], ARGV[at + 2 * i - 1], 'PX', ARGV[at + 2 * i])
end
at = at + 2 * reserved

-- Adds the counts that follow ARGV[at] to what is known of a block.
local function count(meta, howMany)
  for i = 1, howMany do redis.call('HINCRBY', meta, ARGV[at + 2 * i - 1], ARGV[at + 2 * i]) end
  at = at + 2 * howMany
end

local sealed = {1, now}
for i = 1, heard do redis.call('HSET', openMeta, 'heard:' .. ARGV[at + i], 1) end
at = at + heard
if rows > 0 then
  redis.call('RPUSH', open, data)
  redis.call('HINCRBY', totals, 'rows', rows)
  redis.call('HINCRBY', totals, 'bytes', #data)
end
if rows > 0 or heard > 0 then
  redis.call('HSETNX', openMeta, 'since', now)
  count(openMeta, counts)
  local openRows = redis.call('HINCRBY', openMeta, 'rows', rows)
  local openBytes = redis.call('HINCRBY', openMeta, 'bytes', #data)
  if openRows >= maxRows or openBytes >= maxBytes then
    seal(newId)
    sealed[3] = newId
  end
end
for i = 1, alone do
  local id, aloneRows, aloneData, aloneCounts = ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], tonumber(ARGV[at + 4])
  at = at + 4
  redis.call('RPUSH', blockPrefix .. id, aloneData)
  redis.call('HSET', blockPrefix .. id .. ':meta', 'rows', aloneRows, 'bytes', #aloneData, 'since', now)
  count(blockPrefix .. id .. ':meta', aloneCounts)
  redis.call('ZADD', blocks, now, id)
  redis.call('HINCRBY', totals, 'rows', aloneRows)
  redis.call('HINCRBY', totals, 'bytes', #aloneData)
  sealed[#sealed + 1] = id
end
return sealed
`);

/** ARGV: id for the open block, least age in milliseconds. Answers the milliseconds that are missing, 0 when it was sealed, -1 when there is none. */
export const sealScript = redisScript(`${SHARED}
local since = redis.call('HGET', openMeta, 'since')
if not since then return -1 end
local missing = tonumber(since) + tonumber(ARGV[2]) - now
if missing > 0 then return missing end
seal(ARGV[1])
return 0
`);

/** ARGV: id. Forgets a block that ClickHouse has; answers 0 when it was forgotten before, else its age in milliseconds plus 1. */
export const forgetScript = redisScript(`${SHARED}
local id = ARGV[1]
local since = redis.call('ZSCORE', blocks, id)
if not since then return 0 end
local name = blockPrefix .. id
redis.call('HINCRBY', totals, 'rows', 0 - redis.call('HGET', name .. ':meta', 'rows'))
redis.call('HINCRBY', totals, 'bytes', 0 - redis.call('HGET', name .. ':meta', 'bytes'))
redis.call('ZREM', blocks, id)
redis.call('DEL', name, name .. ':meta')
return math.max(0, now - since) + 1
`);
