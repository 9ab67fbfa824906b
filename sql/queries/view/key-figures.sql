-- Which of {keys} (of all, when empty) had the most requests, spend or refusals ({by}) in the 24 hours before {now}, as the one saw it that saw most of each? What several saw is never
-- summed. Ids of {former} are those that the keys of {present} had before. The first {most} that had any.
SELECT key_id, figure
FROM
(
  SELECT
    transform(u.key_id, {former:Array(String)}, {present:Array(String)}, u.key_id) AS key_id,
    argMax(u.own_figure, (u.requests, u.spend_micros)) AS figure
  FROM
  (
    SELECT
      h.key_id AS key_id,
      h.observed_by AS observed_by,
      sum(h.requests) AS requests,
      sum(h.spend_micros) AS spend_micros,
      multiIf({by:String} = 'requests', toUInt128(requests), {by:String} = 'spend', spend_micros, toUInt128(sum(h.throttled))) AS own_figure
    FROM usage_hours AS h
    WHERE hour > {now:DateTime64(3, 'UTC')} - INTERVAL 24 HOUR
      AND toDate(hour) >= toDate({now:DateTime64(3, 'UTC')} - INTERVAL 24 HOUR)
      AND observed_by != 'provider'
      AND (empty({keys:Array(String)}) OR h.key_id IN {keys:Array(String)})
    GROUP BY key_id, observed_by
  ) AS u
  GROUP BY key_id
)
WHERE figure > 0
ORDER BY figure DESC, key_id
LIMIT {most:UInt32}
