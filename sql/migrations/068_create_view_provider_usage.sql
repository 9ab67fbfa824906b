CREATE VIEW IF NOT EXISTS provider_usage
(
  provider String COMMENT 'Who reports: openai, anthropic, ….',
  report String COMMENT 'Which of the provider''s reports.',
  hour DateTime('UTC') COMMENT 'Start of the hour, UTC; a day''s bucket is shared out over its hours.',
  key_id String COMMENT 'The provider''s identifier of the key.',
  item String COMMENT 'What was used: a model, a line of the bill.',
  requests UInt64 COMMENT 'Requests by the provider''s last word; 0 in a report of costs.',
  unit_millis UInt64 COMMENT 'Thousandths of what the provider bills, by its last word.',
  spend_micros UInt64 COMMENT 'Millionths of a US dollar, by the provider''s last word.',
  requests_taken_back Int64 COMMENT 'By how much the most that was ever reported of the hour, which is what usage_per_hour counts, is more than the last word.',
  unit_millis_taken_back Int64 COMMENT 'The same of unit_millis.',
  spend_micros_taken_back Int64 COMMENT 'The same of spend_micros.',
  reported_at DateTime64(3, 'UTC') COMMENT 'When the last word was read.'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
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
GROUP BY provider, report, hour, key_id, item
COMMENT 'What providers report of keys, by their last word on each hour.'
