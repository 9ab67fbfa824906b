CREATE VIEW IF NOT EXISTS containments
(
  call_id String COMMENT 'One call to what guards a key.',
  containment_id String COMMENT 'The containment that it begins or ends.',
  incident_id String COMMENT 'The incident.',
  key_id String COMMENT 'The key.',
  guard String COMMENT 'Name of what guards the key.',
  effect String COMMENT 'apply or undo.',
  action String COMMENT 'throttle, deny_networks or freeze.',
  networks Array(String) COMMENT 'Networks and addresses that are denied.',
  limit_per_minute Nullable(UInt64) COMMENT 'Requests per minute that are left, of throttle.',
  until DateTime64(3, 'UTC') COMMENT 'When it is undone automatically.',
  state String COMMENT 'pending, retrying, sent (the guard accepted it), failed, or dropped: not sent, because the containment was undone before.',
  written_at DateTime64(3, 'UTC') COMMENT 'When it was put into the outbox.',
  changed_at DateTime64(3, 'UTC') COMMENT 'When its state changed last.',
  attempts UInt64 COMMENT 'Tries so far, answered or not.',
  response_status UInt16 COMMENT 'HTTP status of the last answer; 0 when there was none.',
  problem String COMMENT 'Why it was not accepted or not sent, or empty.'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
  call_id,
  any(c.containment_id) AS containment_id,
  any(c.incident_id) AS incident_id,
  any(c.key_id) AS key_id,
  any(c.guard) AS guard,
  any(c.effect) AS effect,
  any(c.action) AS action,
  any(c.networks) AS networks,
  any(c.limit_per_minute) AS limit_per_minute,
  any(c.until) AS until,
  toString(max(c.state)) AS state,
  min(at) AS written_at,
  max(at) AS changed_at,
  countIf(c.state NOT IN ('pending', 'dropped')) AS attempts,
  argMax(c.response_status, (c.state, at)) AS response_status,
  argMax(c.problem, (c.state, at)) AS problem
FROM containment_calls AS c
GROUP BY call_id
COMMENT 'Calls to what guards keys, with how far each got.'
