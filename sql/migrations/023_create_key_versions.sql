CREATE TABLE IF NOT EXISTS key_versions
(
  key_id String COMMENT 'Public identifier of the key, or fp_ and 16 digits of its fingerprint.' CODEC(ZSTD(1)),
  valid_from DateTime64(3, 'UTC') COMMENT 'When this version takes effect.',
  recorded_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When this version was written.',
  recorded_by String DEFAULT '' COMMENT 'Who wrote this version: the name of a token, or cli and the user; empty where Plimsoll did.',
  origin Enum8('change' = 0, 'pepper_rotation' = 1) DEFAULT 'change' COMMENT 'Why this version was written; a rotation of the pepper adds fingerprints and changes nothing else.',
  display String COMMENT 'Prefix and last four characters, for people.',
  fingerprints Array(FixedString(64)) COMMENT 'HMAC-SHA-256 of the raw key under each pepper, hexadecimal.',
  owner String COMMENT 'Owner: the person or team responsible for the key.',
  service String COMMENT 'Service that uses the key.',
  provider String COMMENT 'Who issued the key.',
  environment String COMMENT 'production, staging and so on.',
  holders Array(String) COMMENT 'People who know the key.',
  limit_per_minute Nullable(UInt64) COMMENT 'Limit in requests per minute; NULL when unknown.',
  allowed_cidrs Array(String) COMMENT 'Networks the key may be used from; empty means anywhere.',
  scopes Array(String) COMMENT 'Permissions granted.',
  prices String COMMENT 'US dollars per request by route, as a JSON object.',
  monthly_budget_usd Nullable(Float64) COMMENT 'Monthly budget of the key.',
  created_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the key was created.',
  rotate_by Nullable(DateTime64(3, 'UTC')) COMMENT 'When it must be replaced.',
  revoked_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Revocation time; use after it is misuse.',
  replaces String COMMENT 'The key that this one succeeds, or empty.',
  routing_key_ref String COMMENT 'Which PagerDuty routing key its pages use; empty is the default one.',
  runbook_url String COMMENT 'What on-call is notified about.',
  guard String DEFAULT '' COMMENT 'Name of what guards the key in PLIMSOLL_GUARDS: containment is asked of it; empty where nothing does.',
  guard_ref String DEFAULT '' COMMENT 'How the guard calls the key; empty: by its key_id.',
  rules String COMMENT 'Fixed rules, as a JSON array.'
)
ENGINE = MergeTree
ORDER BY (key_id, valid_from, recorded_at)
SETTINGS non_replicated_deduplication_window = 100000
COMMENT 'The registry of keys: one row per version, never changed. The version at T is the last with valid_from <= T.'
