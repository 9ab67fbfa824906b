-- What did every key do from networks and on routes that were new to it, in each minute from {from} to {until}?
-- One row per key and set of levels at which the traffic is new, with when that began; minutes are counted from {from}.
{{newcomers}}
SELECT
  key_id,
  observed_by,
  levels,
  seen_s,
  groupArray(offset) AS minutes,
  groupArray(minute_requests) AS requests,
  groupArray(minute_spend) AS spend_micros
FROM
(
  SELECT
    key_id,
    observed_by,
    arrayMap(at -> tupleElement(at, 1), seen) AS levels,
    arrayMap(at -> toUnixTimestamp(tupleElement(at, 2)), seen) AS seen_s,
    toUInt32((toUnixTimestamp(minute) - toUnixTimestamp({from:DateTime('UTC')})) DIV 60) AS offset,
    sum(s.requests) AS minute_requests,
    sum(s.spend_micros) AS minute_spend
  FROM sightings AS s
  WHERE notEmpty(seen)
  GROUP BY key_id, observed_by, levels, seen_s, offset
  ORDER BY offset
)
GROUP BY key_id, observed_by, levels, seen_s
ORDER BY key_id, observed_by, levels, seen_s
