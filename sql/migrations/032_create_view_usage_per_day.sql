CREATE VIEW IF NOT EXISTS usage_per_day
(
  day Date COMMENT 'UTC day.',
  key_id String COMMENT 'Public identifier of the key.',
  observed_by Enum8('gateway' = 1, 'caller' = 2, 'provider' = 3) COMMENT 'Who saw the requests; never summed together.',
  requests UInt64 COMMENT 'Requests served, refused ones included.',
  errors UInt64 COMMENT 'Requests with a status of 400 or more.',
  throttled UInt64 COMMENT 'Requests refused with 429.',
  denied UInt64 COMMENT 'Requests refused with 401 or 403.',
  bytes UInt64 COMMENT 'Response bytes.',
  unit_millis UInt64 COMMENT 'Thousandths of what the provider bills.',
  spend_micros UInt64 COMMENT 'Millionths of a US dollar.'
)
AS
SELECT
  toDate(hour) AS day,
  key_id,
  observed_by,
  sum(u.requests) AS requests,
  sum(u.errors) AS errors,
  sum(u.throttled) AS throttled,
  sum(u.denied) AS denied,
  sum(u.bytes) AS bytes,
  sum(u.unit_millis) AS unit_millis,
  sum(u.spend_micros) AS spend_micros
FROM usage_hours AS u
GROUP BY day, key_id, observed_by
COMMENT 'Usage per key and UTC day.'
