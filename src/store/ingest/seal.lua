-- Seals the open blocks of a lane that are old enough, after buffer.lua. ARGV: lane, beginning of the ids for its open blocks, least age in milliseconds.
-- Answers the milliseconds that the next one is short of it, -1 when none is open, then the ids.
local lane, newId, leastAge = ARGV[1], ARGV[2], tonumber(ARGV[3])
local open, answer = name .. ':' .. lane .. ':open', {-1}
for i, bucket in ipairs(redis.call('ZRANGEBYSCORE', open, '-inf', now - leastAge)) do
  answer[#answer + 1] = seal(lane, bucket, newId .. '-' .. i)
end
local oldest = redis.call('ZRANGE', open, 0, 0, 'WITHSCORES')
if oldest[2] then answer[1] = math.max(1, oldest[2] + leastAge - now) end
return answer
