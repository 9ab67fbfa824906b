-- When was any of {own} first served? 0: never.
SELECT toUnixTimestamp(min(k.first_at)) AS born_s
FROM first_seen AS k
WHERE level = 'key' AND observed_by != 'provider' AND key_id IN {own:Array(String)}
