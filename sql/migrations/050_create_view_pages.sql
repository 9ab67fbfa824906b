CREATE VIEW IF NOT EXISTS pages
(
  page_id String COMMENT 'One event for PagerDuty.',
  incident_id String COMMENT 'The incident it is about.',
  key_id String COMMENT 'The key.',
  action String COMMENT 'trigger, acknowledge or resolve; or change, a change event about changed keys, which opens nothing.',
  dedup_key String COMMENT 'The dedup key by which PagerDuty recognises repeats.',
  severity String COMMENT 'critical, error, warning or info.',
  state String COMMENT 'pending, retrying, sent, failed, or dropped: not sent, because another page covers it.',
  written_at DateTime64(3, 'UTC') COMMENT 'When it was put into the outbox.',
  changed_at DateTime64(3, 'UTC') COMMENT 'When its state changed last.',
  attempts UInt64 COMMENT 'Delivery attempts so far, answered or not.',
  response_status UInt16 COMMENT 'HTTP status of the last answer; 0 when there was none.',
  problem String COMMENT 'Why it was not accepted or not sent, or empty.',
  reported_in String COMMENT 'The digest or notice that lists it, where it was dropped for that; else empty.',
  routing_ref String COMMENT 'Which integration it goes to; empty for the default.',
  body String COMMENT 'The event without its routing key, as JSON.'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
  page_id,
  any(p.incident_id) AS incident_id,
  any(p.key_id) AS key_id,
  any(p.action) AS action,
  any(p.dedup_key) AS dedup_key,
  any(p.severity) AS severity,
  toString(max(p.state)) AS state,
  min(at) AS written_at,
  max(at) AS changed_at,
  countIf(p.state NOT IN ('pending', 'dropped')) AS attempts,
  argMax(p.response_status, (p.state, at)) AS response_status,
  argMax(p.problem, (p.state, at)) AS problem,
  max(p.reported_in) AS reported_in,
  any(p.routing_ref) AS routing_ref,
  anyIf(p.body, p.state = 'pending') AS body
FROM page_transitions AS p
GROUP BY page_id
COMMENT 'The outbox, with the delivery state of each page.'
