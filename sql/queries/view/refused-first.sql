-- How many of the addresses of {blocks} at which the key of {keys} (its ids) was used from {from} to {to} were refused (401, 403 or 429) before their first request that was served, how often, from when on, and with which statuses? An address that was never served counts, too.
WITH arrayMap(
  cidr -> IPv6CIDRToRange(toIPv6(splitByChar('/', cidr)[1]), toUInt8(toUInt8(splitByChar('/', cidr)[2]) + if(position(cidr, ':') > 0, 0, 96))),
  {blocks:Array(String)}) AS ranges
SELECT
  uniqExact(source_ip) AS addresses,
  uniqExactIf(source_ip, is_early) AS refused_addresses,
  uniqExactIf(source_ip, is_early AND is_ever_served = 0) AS never_served,
  sumIf(requests, is_early) AS refusals,
  toUnixTimestamp(minIf(at, is_early)) AS first_refused_s,
  toUnixTimestamp(minIf(served_at, is_early AND is_ever_served = 1)) AS first_served_s,
  arraySort(groupUniqArrayIf(status, is_early)) AS statuses
FROM
(
  SELECT
    e.source_ip AS source_ip,
    e.ts AS at,
    e.status AS status,
    toUInt64(e.count) AS requests,
    minIf(e.ts, e.is_served) OVER (PARTITION BY e.source_ip) AS served_at,
    max(e.is_served) OVER (PARTITION BY e.source_ip) AS is_ever_served,
    NOT e.is_served AND e.status IN (401, 403, 429) AND (is_ever_served = 0 OR e.ts < served_at) AS is_early
  FROM requests AS e
  WHERE key_id IN {keys:Array(String)}
    AND observed_by = {observed_by:String}
    AND ts >= {from:DateTime64(3, 'UTC')}
    AND ts < {to:DateTime64(3, 'UTC')}
    AND arrayExists(range -> e.source_ip BETWEEN tupleElement(range, 1) AND tupleElement(range, 2), ranges)
)
