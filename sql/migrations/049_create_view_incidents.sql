CREATE VIEW IF NOT EXISTS incidents
(
  incident_id String COMMENT 'The incident.',
  key_id String COMMENT 'The key; of several, the highest-scoring key; empty when it is not about a key.',
  cause String COMMENT 'leak, rule, revoked_use and so on.',
  state String COMMENT 'open, quiet (open, but nothing was found for an hour), acknowledged or resolved.',
  severity String COMMENT 'Severity, at its worst so far.',
  opened_at DateTime64(3, 'UTC') COMMENT 'Tick of its first finding.',
  changed_at DateTime64(3, 'UTC') COMMENT 'Instant of its last transition.',
  reason String COMMENT 'Why its last transition happened.',
  notifications UInt32 COMMENT 'How often on-call was notified.',
  verdict String COMMENT 'Verdict that a person recorded, leak or benign; empty until then.',
  keys Array(String) COMMENT 'Affected keys, when it is about several.',
  transitions UInt32 COMMENT 'How many transitions it has had.',
  subject String COMMENT 'What it is about, where that is not just the key: a network, a group of keys, a source; else empty.',
  recorded_at DateTime64(3, 'UTC') COMMENT 'When its first transition was written.'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
  incident_id,
  any(t.key_id) AS key_id,
  any(t.cause) AS cause,
  multiIf(
    argMaxIf(t.kind, sequence, t.kind NOT IN ('noted', 'linked', 'reassigned', 'containment')) = 'resolved', 'resolved',
    argMaxIf(t.kind, sequence, t.kind IN ('acknowledged', 'unacknowledged', 'opened', 'reopened', 'escalated')) = 'acknowledged', 'acknowledged',
    argMaxIf(t.kind, sequence, t.kind IN ('quieted', 'updated', 'opened', 'reopened', 'escalated')) = 'quieted', 'quiet',
    'open') AS state,
  argMax(t.severity, sequence) AS severity,
  min(at) AS opened_at,
  max(at) AS changed_at,
  argMax(t.reason, sequence) AS reason,
  max(JSONExtractUInt(t.details, 'episode')) AS notifications,
  argMaxIf(JSONExtractString(t.details, 'person', 'verdict'), sequence, JSONExtractString(t.details, 'person', 'verdict') != '') AS verdict,
  argMax(JSONExtract(t.details, 'keys', 'Array(String)'), sequence) AS keys,
  max(sequence) AS transitions,
  any(t.subject) AS subject,
  min(t.recorded_at) AS recorded_at
FROM incident_transitions AS t
GROUP BY incident_id
COMMENT 'Incidents, each the fold of its transitions.'
