-- Which of {keys} (of all, when empty) had the most requests, spend or refusals ({by}) in the 24 hours before {now}, as the one saw it that saw most of each? What several saw is never
-- summed. Ids of {former} are those that the keys of {present} had before. The first {most} that had any.
WITH empty({former:Array(String)}) AS is_each_itself
SELECT own_id AS key_id, if((seen_by_gateway, paid_by_gateway) >= (seen_by_caller, paid_by_caller), of_gateway, of_caller) AS figure
FROM
(
  -- By key alone, and not by observer, too: of many keys that is half of the work.
  SELECT
    if(is_each_itself, h.key_id, transform(h.key_id, {former:Array(String)}, {present:Array(String)}, h.key_id)) AS own_id,
    sumIf(h.requests, h.observed_by = 'gateway') AS seen_by_gateway,
    sumIf(h.requests, h.observed_by = 'caller') AS seen_by_caller,
    sumIf(h.spend_micros, h.observed_by = 'gateway') AS paid_by_gateway,
    sumIf(h.spend_micros, h.observed_by = 'caller') AS paid_by_caller,
    multiIf({by:String} = 'requests', toUInt128(seen_by_gateway), {by:String} = 'spend', paid_by_gateway, toUInt128(sumIf(h.throttled, h.observed_by = 'gateway'))) AS of_gateway,
    multiIf({by:String} = 'requests', toUInt128(seen_by_caller), {by:String} = 'spend', paid_by_caller, toUInt128(sumIf(h.throttled, h.observed_by = 'caller'))) AS of_caller
  FROM usage_hours AS h
  WHERE hour > {now:DateTime64(3, 'UTC')} - INTERVAL 24 HOUR
    AND toDate(hour) >= toDate({now:DateTime64(3, 'UTC')} - INTERVAL 24 HOUR)
    AND h.observed_by != 'provider'
    AND (empty({keys:Array(String)}) OR h.key_id IN {keys:Array(String)})
  GROUP BY own_id
)
WHERE figure > 0
ORDER BY figure DESC, key_id
LIMIT {most:UInt32}
