-- What did the gateway serve of these keys, and what did their callers report, in blocks of {step} seconds that are counted from {from}, until {until}? Only
-- minutes count in which every caller that was known of the key by then reported it: {callers} are those of {caller_keys}, known from {known_from} on.
WITH known AS
(
  SELECT tupleElement(one, 1) AS key_id, groupArray(tupleElement(one, 2)) AS callers, groupArray(tupleElement(one, 3)) AS known_from
  FROM (SELECT arrayJoin(arrayZip({caller_keys:Array(String)}, {callers:Array(String)}, {known_from:Array(UInt32)})) AS one)
  GROUP BY key_id
)
SELECT
  key_id,
  groupArray(block) AS at,
  groupArray(toFloat64(gateway_requests)) AS gateway,
  groupArray(toFloat64(caller_requests)) AS caller,
  groupArray(toFloat64(gateway_spend)) AS spend_micros
FROM
(
  SELECT
    key_id,
    toUInt32((toUnixTimestamp(minute) - toUnixTimestamp({from:DateTime('UTC')})) DIV {step:UInt32}) AS block,
    sum(by_gateway) AS gateway_requests,
    sum(by_callers) AS caller_requests,
    sum(spend) AS gateway_spend
  FROM
  (
    SELECT key_id, minute, sum(gateway_served) AS by_gateway, sum(caller_served) AS by_callers, sum(gateway_spend) AS spend, groupUniqArrayIf(who, who != '') AS reporting
    FROM
    (
      SELECT key_id, minute, u.served AS gateway_served, toUInt64(0) AS caller_served, u.spend_micros AS gateway_spend, '' AS who
      FROM usage_minutes AS u
      WHERE toStartOfFifteenMinutes(minute) >= toStartOfFifteenMinutes({from:DateTime('UTC')})
        AND toStartOfFifteenMinutes(minute) < {until:DateTime('UTC')}
        AND minute >= {from:DateTime('UTC')}
        AND minute < {until:DateTime('UTC')}
        AND observed_by = 'gateway'
        AND key_id IN {caller_keys:Array(String)}
      UNION ALL
      SELECT key_id, minute, toUInt64(0) AS gateway_served, c.served AS caller_served, toUInt128(0) AS gateway_spend, toString(caller) AS who
      FROM caller_minutes AS c
      WHERE toStartOfFifteenMinutes(minute) >= toStartOfFifteenMinutes({from:DateTime('UTC')})
        AND toStartOfFifteenMinutes(minute) < {until:DateTime('UTC')}
        AND minute >= {from:DateTime('UTC')}
        AND minute < {until:DateTime('UTC')}
        AND key_id IN {caller_keys:Array(String)}
    )
    GROUP BY key_id, minute
  ) AS m
  INNER JOIN known USING (key_id)
  WHERE arrayExists(since -> since <= toUnixTimestamp(minute), known_from)
    AND arrayAll((one, since) -> since > toUnixTimestamp(minute) OR has(reporting, one), callers, known_from)
  GROUP BY key_id, block
  ORDER BY key_id, block
)
GROUP BY key_id
ORDER BY key_id
