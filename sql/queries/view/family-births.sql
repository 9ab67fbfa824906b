-- When was any of {own} first served, and when any of {peers}? 0: never.
SELECT
  toUnixTimestamp(minIf(k.first_at, key_id IN {own:Array(String)})) AS born_s,
  toUnixTimestamp(minIf(k.first_at, key_id IN {peers:Array(String)})) AS peers_s
FROM first_seen AS k
WHERE level = 'key' AND observed_by != 'provider' AND (key_id IN {own:Array(String)} OR key_id IN {peers:Array(String)})
