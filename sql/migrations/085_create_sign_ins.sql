CREATE TABLE IF NOT EXISTS sign_ins
(
  at DateTime64(3, 'UTC') COMMENT 'When; of attempts that are counted together, the last.',
  event Enum8('signed_in' = 1, 'refused' = 2, 'signed_out' = 3, 'revoked' = 4) COMMENT 'What happened.',
  way LowCardinality(String) COMMENT 'token, oidc, or command for what the command line did.',
  who String COMMENT 'Name of the token, oidc: and the name that the issuer vouches for, or cli: and the user; empty where nobody knows.' CODEC(ZSTD(1)),
  subject String COMMENT 'Whose sessions were revoked, or empty.' CODEC(ZSTD(1)),
  may_act UInt8 COMMENT '1 for a sign-in that may act on incidents.',
  address String COMMENT 'From which address, as far as a trusted proxy or the connection says.' CODEC(ZSTD(1)),
  reason LowCardinality(String) COMMENT 'Why an attempt was refused, as a named reason; else empty.',
  session String COMMENT 'First 12 hexadecimal digits of the SHA-256 of the id of the session, or empty. Opens nothing.' CODEC(ZSTD(1)),
  attempts UInt32 COMMENT 'How many attempts, or sessions, the row stands for.',
  entry UUID DEFAULT generateUUIDv4() COMMENT 'Tells rows of one instant apart.'
)
ENGINE = MergeTree
PARTITION BY toStartOfMonth(at)
ORDER BY (at, entry)
SETTINGS index_granularity = 128, non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1
COMMENT 'Sign-ins to the dashboard, refused attempts and revoked sessions, kept for PLIMSOLL_HOUR_DAYS. No token, code, cookie or ID token is in it. Sorted by time: it is read newest first.'
