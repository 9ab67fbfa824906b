-- To which of {keys} can anything be new at {hour}, as far as it was used before {until}? To those that used something for the first time in the last seven days, or in as many more
-- as the longest of {held_days} says.
SELECT DISTINCT key_id
FROM first_seen AS f
WHERE level IN ('ip', 'route', 'user_agent')
  AND f.first_at >= {hour:DateTime('UTC')} - 604800 - 86400 * arrayMax({held_days:Array(UInt32)})
  AND f.first_at < {until:DateTime('UTC')}
  AND key_id IN {keys:Array(String)}
ORDER BY key_id
