CREATE VIEW IF NOT EXISTS page_copies
(
  page_id String COMMENT 'One event, as in the view pages.',
  destination String COMMENT 'Name of the destination beside PagerDuty that it is copied to.',
  incident_id String COMMENT 'The incident it is about.',
  action String COMMENT 'trigger, acknowledge, resolve or change.',
  state String COMMENT 'pending, retrying, sent, failed, or dropped: not sent, because the destination was removed.',
  written_at DateTime64(3, 'UTC') COMMENT 'When it was put into the outbox of the destination.',
  changed_at DateTime64(3, 'UTC') COMMENT 'When its state changed last.',
  attempts UInt64 COMMENT 'Delivery attempts so far, answered or not.',
  response_status UInt16 COMMENT 'HTTP status of the last answer; 0 when there was none.',
  problem String COMMENT 'Why it was not accepted or not sent, or empty.'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
  page_id,
  destination,
  any(c.incident_id) AS incident_id,
  any(c.action) AS action,
  toString(max(c.state)) AS state,
  min(at) AS written_at,
  max(at) AS changed_at,
  countIf(c.state NOT IN ('pending', 'dropped')) AS attempts,
  argMax(c.response_status, (c.state, at)) AS response_status,
  argMax(c.problem, (c.state, at)) AS problem
FROM copy_transitions AS c
GROUP BY page_id, destination
COMMENT 'Copies of pages to destinations beside PagerDuty, with the delivery state of each.'
