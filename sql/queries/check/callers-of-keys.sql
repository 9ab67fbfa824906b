-- Which callers reported these keys from {from} to {until} (whole days), and from which day on are they known: the one after they had reported a key in {least} minutes?
SELECT
  key_id,
  caller,
  toUInt32(toUnixTimestamp(toDateTime(min(day) + 1, 'UTC'))) AS known_from_s
FROM
(
  SELECT key_id, caller, day, sum(minutes) OVER (PARTITION BY key_id, caller ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS minutes_so_far
  FROM
  (
    SELECT key_id, toString(caller) AS caller, toDate(minute) AS day, uniqExact(minute) AS minutes
    FROM caller_minutes
    WHERE toDate(minute) >= toDate({from:DateTime('UTC')})
      AND minute >= {from:DateTime('UTC')}
      AND minute < {until:DateTime('UTC')}
      AND key_id IN {keys:Array(String)}
    GROUP BY key_id, caller, day
  )
)
WHERE minutes_so_far >= {least:UInt32}
GROUP BY key_id, caller
ORDER BY key_id, caller
