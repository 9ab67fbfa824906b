CREATE VIEW IF NOT EXISTS used_keys_as_of AS
SELECT key_id, observed_by, f.first_at AS first_at, f.last_at AS last_at
FROM first_seen_as_of(as_of = {as_of:DateTime64(3, 'UTC')}) AS f
WHERE level = 'key'
COMMENT 'What used_keys held as of an instant.'
