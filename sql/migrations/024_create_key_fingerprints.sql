CREATE TABLE IF NOT EXISTS key_fingerprints
(
  fingerprint FixedString(64) COMMENT 'HMAC-SHA-256 of the raw key under the pepper that was new, hexadecimal.',
  key_id String COMMENT 'What the key is called since before that pepper: of the registry, or fp_ and 16 digits of a former fingerprint; empty in the row that says that the pepper came into use.' CODEC(ZSTD(1)),
  pepper LowCardinality(String) COMMENT 'Which pepper it was, told from others by 16 digits that say nothing of it.',
  recorded_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was written.'
)
ENGINE = ReplacingMergeTree
ORDER BY (fingerprint, key_id)
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'Raw keys that were met while the pepper was being replaced: by what they are found when the former one is gone. And which peppers were ever in use.'
