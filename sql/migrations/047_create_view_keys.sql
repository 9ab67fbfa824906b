CREATE VIEW IF NOT EXISTS keys
(
  key_id String COMMENT 'Public identifier of the key.',
  valid_from DateTime64(3, 'UTC') COMMENT 'When this takes effect.',
  display String COMMENT 'Prefix and last four characters.',
  owner String COMMENT 'Owner of the key.',
  service String COMMENT 'Service that uses the key.',
  provider String COMMENT 'Who issued it.',
  environment String COMMENT 'production, staging and so on.',
  limit_per_minute Nullable(UInt64) COMMENT 'Limit in requests per minute; NULL when unknown.',
  allowed_cidrs Array(String) COMMENT 'Networks it may be used from; empty means anywhere.',
  scopes Array(String) COMMENT 'Permissions granted.',
  rotate_by Nullable(DateTime64(3, 'UTC')) COMMENT 'When it must be replaced.',
  revoked_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Revocation time; use after it is misuse.',
  replaces String COMMENT 'The key that it succeeds, or empty.',
  runbook_url String COMMENT 'What on-call is notified about.',
  guard String COMMENT 'Name of what guards the key: containment is asked of it; empty where nothing does.'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT key_id, valid_from, display, owner, service, provider, environment, limit_per_minute, allowed_cidrs, scopes, rotate_by, revoked_at,
  replaces, runbook_url, guard
FROM key_versions
-- The entry * holds rules of all keys and is none.
WHERE valid_from <= now64(3) AND key_id != '*'
ORDER BY key_id, valid_from DESC, recorded_at DESC
LIMIT 1 BY key_id
COMMENT 'The registry of keys as it is now.'
