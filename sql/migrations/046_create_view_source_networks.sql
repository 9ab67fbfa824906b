-- Sums that pass what an Int64 holds stay at the most that it does, which is never less than nothing.
CREATE VIEW IF NOT EXISTS source_networks
(
  key_id String COMMENT 'Public identifier of the key.',
  observed_by Enum8('gateway' = 1, 'caller' = 2, 'provider' = 3) COMMENT 'Who saw the requests; never summed together.',
  source_ip IPv6 COMMENT 'The client''s address; :: when there was none.',
  asn UInt32 COMMENT 'Autonomous system; 0 when unknown.',
  asn_name String COMMENT 'Who runs the autonomous system; empty when unknown.',
  network_type Enum8('unknown' = 0, 'hosting' = 1, 'isp' = 2, 'cloud' = 3, 'business' = 4, 'vpn' = 5, 'internal' = 6) COMMENT 'What kind of network.',
  first_hour DateTime('UTC') COMMENT 'Hour of the first request that is still stored.',
  last_hour DateTime('UTC') COMMENT 'Hour of the last request.',
  requests UInt64 COMMENT 'Requests.',
  spend_micros UInt64 COMMENT 'Millionths of a US dollar. At most 2^63 - 1.'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
  key_id,
  observed_by,
  source_ip,
  asn,
  asn_name,
  network_type,
  first_hour,
  last_hour,
  requests,
  spend_micros
FROM
(
  SELECT
    key_id,
    observed_by,
    source_ip,
    asn,
    network_type,
    min(hour) AS first_hour,
    max(hour) AS last_hour,
    sum(u.requests) AS requests,
    toUInt64(least(sum(u.spend_micros), 9223372036854775807)) AS spend_micros
  FROM source_hours AS u
  GROUP BY key_id, observed_by, source_ip, asn, network_type
) AS used
LEFT JOIN
(
  SELECT asn, argMax(name, n) AS asn_name
  FROM (SELECT asn, name, count() AS n FROM networks WHERE asn > 0 GROUP BY asn, name)
  GROUP BY asn
) AS named USING (asn)
COMMENT 'Where each key was used from.'
