-- From where was a key used between two instants, how much, and what did it cost? As the check saw it at {as_of}. First who is blamed by {finding}, then
-- the others: the 50 busiest of each, and in every row how many addresses and session keys there are like it, and what all of these came to.
WITH
  (
    SELECT arrayMap(
      cidr -> IPv6CIDRToRange(toIPv6(splitByChar('/', cidr)[1]), toUInt8(toUInt8(splitByChar('/', cidr)[2]) + if(position(cidr, ':') > 0, 0, 96))),
      JSONExtract(argMax(f.statistics, f.as_of), 'blamed_networks', 'Array(String)'))
    FROM findings AS f
    WHERE key_id IN {keys:Array(String)} AND finding_id = {finding:String} AND f.tick >= {from:DateTime64(3, 'UTC')} AND f.as_of <= {as_of:DateTime64(3, 'UTC')}
  ) AS blamed
SELECT
  arrayExists(range -> source_ip BETWEEN tupleElement(range, 1) AND tupleElement(range, 2), blamed) AS is_blamed,
  source_ip,
  asn,
  network_type,
  first_ms,
  last_ms,
  requests,
  spend_micros,
  user_agents,
  session_keys,
  count() OVER (PARTITION BY is_blamed) AS addresses_alike,
  sum(requests) OVER (PARTITION BY is_blamed) AS requests_alike,
  uniqExactIfMerge(session_keys_state) OVER (PARTITION BY is_blamed) AS session_keys_alike
FROM
(
  SELECT
    source_ip,
    asn,
    network_type,
    toUnixTimestamp64Milli(min(ts)) AS first_ms,
    toUnixTimestamp64Milli(max(ts)) AS last_ms,
    sum(count) AS requests,
    sum(toUInt128(spend_micros)) AS spend_micros,
    groupUniqArrayIf(5)(user_agent, user_agent != '') AS user_agents,
    arraySlice(arraySort(groupUniqArrayIf(1000)(session_key_id, session_key_id != '')), 1, 3) AS session_keys,
    uniqExactIfState(session_key_id, session_key_id != '') AS session_keys_state
  FROM request_events
  WHERE key_id IN {keys:Array(String)}
    AND observed_by = {observed_by:String}
    AND ts >= {from:DateTime64(3, 'UTC')}
    AND ts < {to:DateTime64(3, 'UTC')}
    AND ingested_at <= {as_of:DateTime64(3, 'UTC')}
  GROUP BY source_ip, asn, network_type
)
ORDER BY is_blamed DESC, requests DESC, source_ip
LIMIT 50 BY is_blamed
