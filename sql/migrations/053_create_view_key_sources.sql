-- Sums that pass what an Int64 holds stay at the most that it does, which is never less than nothing.
CREATE VIEW IF NOT EXISTS key_sources
(
  observed_by Enum8('gateway' = 1, 'caller' = 2, 'provider' = 3) COMMENT 'Who saw the requests; never summed together.',
  source_ip IPv6 COMMENT 'The client''s address, IPv4 as ::ffff:a.b.c.d; :: when there was none.',
  asn UInt32 COMMENT 'Autonomous system; 0 when unknown.',
  asn_name String COMMENT 'Who runs the autonomous system; empty when unknown.',
  network_type Enum8('unknown' = 0, 'hosting' = 1, 'isp' = 2, 'cloud' = 3, 'business' = 4, 'vpn' = 5, 'internal' = 6) COMMENT 'What kind of network.',
  first_at DateTime('UTC') COMMENT 'Start of the minute (of the hour where the span is longer than two days) of the first request in the span.',
  last_at DateTime('UTC') COMMENT 'The same for the last request.',
  requests UInt64 COMMENT 'Requests, refused ones included.',
  errors UInt64 COMMENT 'Requests with a status of 400 or more.',
  denied UInt64 COMMENT 'Requests refused with 401 or 403.',
  spend_micros UInt64 COMMENT 'Millionths of a US dollar. At most 2^63 - 1.',
  first_seen_at DateTime('UTC') COMMENT 'When the key was first served with it, as far as recorded; 1970-01-01 when it never was.',
  is_new Bool COMMENT 'Whether its first served use is in the span.'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH own_ids AS
(
  -- What traffic called the key before it was registered is the key (sql/queries/registry/former-ids.sql).
  SELECT {key_id:String} AS id
  UNION DISTINCT
  SELECT former FROM
  (
    SELECT concat('fp_', left(toString(arrayJoin(v.fingerprints)), 16)) AS former FROM key_versions AS v WHERE v.key_id = {key_id:String}
    UNION DISTINCT
    SELECT v.replaces AS former FROM key_versions AS v WHERE v.key_id = {key_id:String} AND match(v.replaces, '^fp_[0-9a-f]{16}$')
    UNION DISTINCT
    SELECT p.key_id AS former
    FROM key_fingerprints AS p
    WHERE toString(p.fingerprint) IN (SELECT toString(arrayJoin(v.fingerprints)) FROM key_versions AS v WHERE v.key_id = {key_id:String})
      AND match(p.key_id, '^fp_[0-9a-f]{16}$')
  )
  WHERE former NOT IN (SELECT key_id FROM key_versions)
)
SELECT
  used.observed_by AS observed_by,
  used.source_ip AS source_ip,
  used.asn AS asn,
  any(named.asn_name) AS asn_name,
  used.network_type AS network_type,
  min(at) AS first_at,
  max(at) AS last_at,
  sum(used.requests) AS requests,
  sum(used.errors) AS errors,
  sum(used.denied) AS denied,
  toUInt64(least(sum(used.spend_micros), 9223372036854775807)) AS spend_micros,
  any(seen.first_seen_at) AS first_seen_at,
  toUnixTimestamp(first_seen_at) = 0 OR first_seen_at >= toStartOfMinute({from:DateTime64(3, 'UTC')}) AS is_new
FROM
(
  SELECT observed_by, source_ip, asn, network_type, minute AS at, u.requests, u.errors, u.denied, u.spend_micros
  FROM source_minutes AS u
  WHERE key_id IN (SELECT id FROM own_ids)
    AND dateDiff('second', {from:DateTime64(3, 'UTC')}, {to:DateTime64(3, 'UTC')}) <= 172800
    AND toStartOfFifteenMinutes(minute) >= toStartOfFifteenMinutes({from:DateTime64(3, 'UTC')})
    AND minute >= {from:DateTime64(3, 'UTC')}
    AND minute < {to:DateTime64(3, 'UTC')}
  UNION ALL
  SELECT observed_by, source_ip, asn, network_type, hour AS at, u.requests, u.errors, u.denied, u.spend_micros
  FROM source_hours AS u
  WHERE key_id IN (SELECT id FROM own_ids)
    AND dateDiff('second', {from:DateTime64(3, 'UTC')}, {to:DateTime64(3, 'UTC')}) > 172800
    AND toDate(hour) >= toDate({from:DateTime64(3, 'UTC')})
    AND hour >= toStartOfHour({from:DateTime64(3, 'UTC')})
    AND hour < {to:DateTime64(3, 'UTC')}
) AS used
LEFT JOIN
(
  SELECT observed_by AS observer, value, min(f.first_at) AS first_seen_at
  FROM first_seen AS f
  WHERE key_id IN (SELECT id FROM own_ids) AND level = 'ip'
  GROUP BY observer, value
) AS seen ON seen.observer = used.observed_by AND seen.value = toString(used.source_ip)
LEFT JOIN
(
  SELECT asn, argMax(name, n) AS asn_name
  FROM (SELECT asn, name, count() AS n FROM networks WHERE asn > 0 GROUP BY asn, name)
  GROUP BY asn
) AS named ON named.asn = used.asn
GROUP BY used.observed_by, used.source_ip, used.asn, used.network_type
COMMENT 'From where one key was used in a span: SELECT * FROM key_sources(key_id = ''…'', from = ''2026-03-08 00:00:00'', to = ''2026-03-09 00:00:00'') ORDER BY requests DESC'
