CREATE VIEW IF NOT EXISTS incidents
(
  incident_id String COMMENT 'The incident.',
  key_id String COMMENT 'The key.',
  cause String COMMENT 'leak, rule, revoked_use and so on.',
  state String COMMENT 'open or resolved.',
  severity String COMMENT 'How bad it is or was at last.',
  opened_at DateTime64(3, 'UTC') COMMENT 'Tick of its first finding.',
  changed_at DateTime64(3, 'UTC') COMMENT 'Tick of its last transition.',
  transitions UInt32 COMMENT 'How many steps its life has had.'
)
AS
SELECT
  incident_id,
  any(t.key_id) AS key_id,
  any(t.cause) AS cause,
  if(argMax(t.kind, sequence) = 'resolved', 'resolved', 'open') AS state,
  argMax(t.severity, sequence) AS severity,
  min(at) AS opened_at,
  max(at) AS changed_at,
  max(sequence) AS transitions
FROM incident_transitions AS t
GROUP BY incident_id
COMMENT 'Incidents, each the fold of its transitions.'
