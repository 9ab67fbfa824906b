-- Sums that pass what an Int64 holds stay at the most that it does, which is never less than nothing.
CREATE VIEW IF NOT EXISTS usage_per_day
(
  day Date COMMENT 'UTC day.',
  key_id String COMMENT 'Public identifier of the key.',
  observed_by Enum8('gateway' = 1, 'caller' = 2, 'provider' = 3) COMMENT 'Who saw the requests; never summed together.',
  requests UInt64 COMMENT 'All requests, refused ones included.',
  errors UInt64 COMMENT 'Requests with a status of 400 or more.',
  throttled UInt64 COMMENT 'Requests refused with 429.',
  denied UInt64 COMMENT 'Requests refused with 401 or 403.',
  bytes UInt64 COMMENT 'Response bytes. At most 2^63 - 1.',
  unit_millis UInt64 COMMENT 'Thousandths of what the provider bills. At most 2^63 - 1.',
  spend_micros UInt64 COMMENT 'Millionths of a US dollar. At most 2^63 - 1.'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
  toDate(hour) AS day,
  key_id,
  observed_by,
  sum(u.requests) AS requests,
  sum(u.errors) AS errors,
  sum(u.throttled) AS throttled,
  sum(u.denied) AS denied,
  toUInt64(least(sum(u.bytes), 9223372036854775807)) AS bytes,
  toUInt64(least(sum(u.unit_millis), 9223372036854775807)) AS unit_millis,
  toUInt64(least(sum(u.spend_micros), 9223372036854775807)) AS spend_micros
FROM usage_hours AS u
GROUP BY day, key_id, observed_by
COMMENT 'Usage per key and UTC day.'
