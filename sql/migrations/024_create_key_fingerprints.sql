CREATE TABLE IF NOT EXISTS key_fingerprints
(
  fingerprint FixedString(64) COMMENT 'HMAC-SHA-256 of the raw key under the pepper that was new, hexadecimal.',
  key_id String COMMENT 'Name of the key from before that pepper: from the registry, or fp_ and 16 digits of an earlier fingerprint; empty in the row that records that the pepper came into use.' CODEC(ZSTD(1)),
  pepper LowCardinality(String) COMMENT 'The pepper, identified by 16 digits that reveal nothing about it.',
  recorded_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was written.'
)
ENGINE = ReplacingMergeTree
ORDER BY (fingerprint, key_id)
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'Fingerprints under the new pepper of raw keys that were used during a pepper rotation, so that they are still found when the old pepper is gone; and all peppers that were ever in use.'
