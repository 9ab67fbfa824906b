-- Which spans of minutes after {from} were looked at and never evaluated, and why not? The newest first.
-- Ticks that follow each other minute by minute keep their distance from their number: that is a span.
SELECT
  toUnixTimestamp(min(tick)) - 60 AS from_s,
  toUnixTimestamp(max(tick)) AS until_s,
  any(why) AS reason
FROM
(
  SELECT tick, why, toInt64(toUnixTimestamp(tick)) - 60 * toInt64(row_number() OVER (ORDER BY tick)) AS span
  FROM
  (
    SELECT tick, argMax(c.detail, c.as_of) AS why
    FROM past_checks AS c
    WHERE job = 'check-keys' AND tick > {from:DateTime('UTC')}
    GROUP BY tick
    HAVING countIf(c.outcome = 'evaluated') = 0
  )
)
GROUP BY span, why
ORDER BY from_s DESC
