-- When was any of {own} first served? 0: never.
SELECT toUnixTimestamp(min(k.first_at)) AS born_s
FROM used_keys AS k
WHERE observed_by != 'provider' AND key_id IN {own:Array(String)}
