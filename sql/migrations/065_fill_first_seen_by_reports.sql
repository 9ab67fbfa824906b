-- A provider keeps its own books, which no sender writes: a key is as old as it says.
CREATE MATERIALIZED VIEW IF NOT EXISTS first_seen_fill_by_reports TO first_seen AS
SELECT
  key_id,
  CAST('provider', 'Enum8(''gateway'' = 1, ''caller'' = 2, ''provider'' = 3)') AS observed_by,
  tupleElement(seen, 1) AS level,
  tupleElement(seen, 2) AS value,
  min(toDateTime(hour + 3540, 'UTC')) AS first_at,
  max(toDateTime(hour + 3540, 'UTC')) AS last_at
FROM provider_reports
ARRAY JOIN [('key', ''), ('ip', '::'), ('asn', '0'), ('route', toString(item)), ('scope', toString(item))] AS seen
WHERE (added_requests > 0 OR added_unit_millis > 0 OR added_spend_micros > 0) AND NOT (tupleElement(seen, 1) = 'scope' AND tupleElement(seen, 2) = '')
GROUP BY key_id, level, value
