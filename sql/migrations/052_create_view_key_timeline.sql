-- Sums that pass what an Int64 holds stay at the most that it does, which is never less than nothing.
CREATE VIEW IF NOT EXISTS key_timeline
(
  start DateTime('UTC') COMMENT 'Start of the minute; of the hour where the span is longer than two days.',
  seconds UInt32 COMMENT 'How long that is: 60 or 3600.',
  observed_by Enum8('gateway' = 1, 'caller' = 2, 'provider' = 3) COMMENT 'Who saw the requests; never summed together.',
  requests UInt64 COMMENT 'Requests, refused ones included.',
  errors UInt64 COMMENT 'Requests with a status of 400 or more.',
  throttled UInt64 COMMENT 'Requests refused with 429.',
  denied UInt64 COMMENT 'Requests refused with 401 or 403.',
  bytes UInt64 COMMENT 'Response bytes. At most 2^63 - 1.',
  unit_millis UInt64 COMMENT 'Thousandths of what the provider bills. At most 2^63 - 1.',
  spend_micros UInt64 COMMENT 'Millionths of a US dollar. At most 2^63 - 1.'
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
  minute AS start,
  toUInt32(60) AS seconds,
  observed_by,
  sum(u.requests) AS requests,
  sum(u.errors) AS errors,
  sum(u.throttled) AS throttled,
  sum(u.denied) AS denied,
  toUInt64(least(sum(u.bytes), 9223372036854775807)) AS bytes,
  toUInt64(least(sum(u.unit_millis), 9223372036854775807)) AS unit_millis,
  toUInt64(least(sum(u.spend_micros), 9223372036854775807)) AS spend_micros
FROM usage_minutes AS u
WHERE key_id IN (SELECT id FROM own_ids)
  AND dateDiff('second', {from:DateTime64(3, 'UTC')}, {to:DateTime64(3, 'UTC')}) <= 172800
  AND toStartOfFifteenMinutes(minute) >= toStartOfFifteenMinutes({from:DateTime64(3, 'UTC')})
  AND minute >= {from:DateTime64(3, 'UTC')}
  AND minute < {to:DateTime64(3, 'UTC')}
GROUP BY minute, observed_by
UNION ALL
SELECT
  hour AS start,
  toUInt32(3600) AS seconds,
  observed_by,
  sum(u.requests) AS requests,
  sum(u.errors) AS errors,
  sum(u.throttled) AS throttled,
  sum(u.denied) AS denied,
  toUInt64(least(sum(u.bytes), 9223372036854775807)) AS bytes,
  toUInt64(least(sum(u.unit_millis), 9223372036854775807)) AS unit_millis,
  toUInt64(least(sum(u.spend_micros), 9223372036854775807)) AS spend_micros
FROM usage_hours AS u
WHERE key_id IN (SELECT id FROM own_ids)
  AND dateDiff('second', {from:DateTime64(3, 'UTC')}, {to:DateTime64(3, 'UTC')}) > 172800
  AND toDate(hour) >= toDate({from:DateTime64(3, 'UTC')})
  AND hour >= toStartOfHour({from:DateTime64(3, 'UTC')})
  AND hour < {to:DateTime64(3, 'UTC')}
GROUP BY hour, observed_by
COMMENT 'What one key did over time: SELECT * FROM key_timeline(key_id = ''…'', from = ''2026-03-08 00:00:00'', to = ''2026-03-09 00:00:00'') ORDER BY start'
