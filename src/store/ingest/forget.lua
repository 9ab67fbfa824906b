-- Forgets a block that ClickHouse has, after buffer.lua. ARGV: id. Answers 0 when it was forgotten before, else its age in milliseconds plus 1.
local block = name .. ':block:' .. ARGV[1]
for _, lane in ipairs({'live', 'backfill'}) do
  local since = redis.call('ZSCORE', name .. ':' .. lane .. ':blocks', ARGV[1])
  if since then
    count(lane, 0 - redis.call('HGET', block .. ':meta', 'rows'), 0 - redis.call('HGET', block .. ':meta', 'bytes'))
    redis.call('ZREM', name .. ':' .. lane .. ':blocks', ARGV[1])
    redis.call('DEL', block, block .. ':meta')
    redis.call('SREM', name .. ':draining', ARGV[1])
    return math.max(0, now - since) + 1
  end
end
return 0
