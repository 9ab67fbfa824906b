CREATE VIEW IF NOT EXISTS provider_usage_as_of AS
SELECT
  provider,
  report,
  hour,
  key_id,
  item,
  argMax(r.requests, r.revision) AS requests,
  argMax(r.unit_millis, r.revision) AS unit_millis,
  argMax(r.spend_micros, r.revision) AS spend_micros,
  sum(r.added_requests) - requests AS requests_taken_back,
  sum(r.added_unit_millis) - unit_millis AS unit_millis_taken_back,
  sum(r.added_spend_micros) - spend_micros AS spend_micros_taken_back,
  max(r.reported_at) AS reported_at
FROM provider_reports AS r
WHERE r.reported_at <= {as_of:DateTime64(3, 'UTC')}
GROUP BY provider, report, hour, key_id, item
COMMENT 'What provider_usage held as of an instant.'
