-- Has all blocks from now on split for so many servers, after buffer.lua, and holds them until that is released. ARGV: servers, beginning of ids. What is
-- open is sealed, and the ids of all sealed blocks become `draining`: they were split before, and are recorded still. Changes nothing where blocks are held.
if redis.call('EXISTS', name .. ':held') == 1 then return redis.call('SCARD', name .. ':draining') end
redis.call('SET', name .. ':shards', ARGV[1])
redis.call('SET', name .. ':held', now)
redis.call('DEL', name .. ':draining')
for _, lane in ipairs({'live', 'backfill'}) do
  for i, bucket in ipairs(redis.call('ZRANGE', name .. ':' .. lane .. ':open', 0, -1)) do
    seal(lane, bucket, ARGV[2] .. '-' .. lane .. i)
  end
  for _, id in ipairs(redis.call('ZRANGE', name .. ':' .. lane .. ':blocks', 0, -1)) do redis.call('SADD', name .. ':draining', id) end
end
return redis.call('SCARD', name .. ':draining')
