-- What repeats are known by: expects `now`, in KEYS[2] the beginning of the names, and in ARGV[1] and ARGV[2] the kinds. A name (head and field) is a field
-- of the hash `<repeats>:<kind>:<slot>:<head>`: thousands of small hashes, which Redis packs, take a quarter of what a key for each name takes. The kind is
-- how long a name is kept, in milliseconds, that of events' ids first; its slots are a sixth as long, so that a whole hash expires and a name is looked
-- for in seven of them. A value begins with the second it was written in.
local idKind, bodyKind = tonumber(ARGV[1]), tonumber(ARGV[2])
local repeats = KEYS[2]
local function slotOf(at, ttl) return math.floor(at / (ttl / 6)) end
local function countsOf(ttl, slot) return repeats .. ':count:' .. ttl .. ':' .. slot end
local function hashOf(ttl, slot, head) return repeats .. ':' .. ttl .. ':' .. slot .. ':' .. head end

-- The beginnings of hashes that may hold a name, of all kinds: whether all events of a body have an id may change with the time at which it is
-- read. A slot in which nothing was counted holds none.
local filled = {}
for _, ttl in ipairs({idKind, bodyKind}) do
  for slot = slotOf(now, ttl), slotOf(now - ttl, ttl), -1 do
    if redis.call('EXISTS', countsOf(ttl, slot)) == 1 then filled[#filled + 1] = {ttl, hashOf(ttl, slot, '')} end
  end
end

-- What holds a name, of one kind where that is given.
local function heldBy(head, field, kind)
  for _, slot in ipairs(filled) do
    local value = (not kind or kind == slot[1]) and redis.call('HGET', slot[2] .. head, field)
    if value and tonumber(string.sub(value, 1, 8), 16) * 1000 + slot[1] > now then return string.sub(value, 9) end
  end
  return false
end

local function errorsOf(head, field)
  local errors = redis.call('GET', repeats .. ':errors:' .. head .. field)
  return errors and ' ' .. errors or ''
end

local function expireOf(ttl) return (slotOf(now, ttl) + 1) * (ttl / 6) + ttl end

local function reserve(head, field, value, errors, ttl)
  local hash = hashOf(ttl, slotOf(now, ttl), head)
  redis.call('HSET', hash, field, string.format('%08x', math.floor(now / 1000)) .. value)
  if redis.call('HLEN', hash) == 1 then redis.call('PEXPIREAT', hash, expireOf(ttl)) end
  if errors ~= '' then redis.call('SET', repeats .. ':errors:' .. head .. field, errors, 'PX', ttl) end
end

local function note(source, ttl, units)
  local counts = countsOf(ttl, slotOf(now, ttl))
  redis.call('HINCRBY', counts, source, units)
  redis.call('PEXPIREAT', counts, expireOf(ttl))
end
