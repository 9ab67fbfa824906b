-- A key's events of a day then lie side by side in one part, and forensic questions over weeks read one place a day. Only whole days that got no
-- row for a day are merged, so that each is written once more.
-- Only what an administrator imported may say that something was used long before it arrived.
CREATE TABLE IF NOT EXISTS requests
(
  ts DateTime64(3, 'UTC') COMMENT 'When the request was served, exactly as the sender gave it.' CODEC(Delta(8), ZSTD(1)),
  key_id String COMMENT 'Public identifier of the key, or fp_ and 16 digits of its fingerprint; the principal or minting key where the event named one.' CODEC(ZSTD(1)),
  session_key_id String COMMENT 'The short-lived key that was used, where the event named its principal or the key that minted it: key_id is that one then. Else empty.' CODEC(ZSTD(1)),
  observed_by Enum8('gateway' = 1, 'caller' = 2, 'provider' = 3) COMMENT 'Who saw the requests; never summed together.',
  id String COMMENT 'The sender''s own id of the request, or empty.' CODEC(ZSTD(1)),
  source_ip IPv6 COMMENT 'The client''s address, IPv4 as ::ffff:a.b.c.d; :: when there was none.' CODEC(ZSTD(1)),
  asn UInt32 COMMENT 'Autonomous system of the address; 0 when unknown.' CODEC(ZSTD(1)),
  network_type Enum8('unknown' = 0, 'hosting' = 1, 'isp' = 2, 'cloud' = 3, 'business' = 4, 'vpn' = 5, 'internal' = 6) COMMENT 'Type of the network that the address belongs to.' CODEC(ZSTD(1)),
  method LowCardinality(String) COMMENT 'HTTP method or the operation''s kind.',
  route LowCardinality(String) COMMENT 'Route template without query string.',
  status UInt16 COMMENT 'HTTP status.' CODEC(ZSTD(1)),
  latency_ms Float32 COMMENT 'Milliseconds the request took.' CODEC(ZSTD(1)),
  bytes UInt64 COMMENT 'Response bytes, total over count.' CODEC(T64, ZSTD(1)),
  spend_micros UInt64 COMMENT 'Cost in millionths of a US dollar, total over count.' CODEC(T64, ZSTD(1)),
  unit_millis UInt64 COMMENT 'Thousandths of the billed unit, total over count.' CODEC(T64, ZSTD(1)),
  count UInt32 COMMENT 'How many identical requests this row stands for.' CODEC(T64, ZSTD(1)),
  is_served Bool MATERIALIZED status < 400 OR status = 499 OR spend_micros > 0 COMMENT 'Whether the request counts as use: a status below 400, or a client that disconnected (499), or a cost. Everything that counts use reads this.' CODEC(ZSTD(1)),
  scope LowCardinality(String) COMMENT 'Permission (scope) that the request used.',
  user_agent LowCardinality(String) COMMENT 'Client software, at most 256 characters.',
  tls_fingerprint LowCardinality(String) COMMENT 'Fingerprint of the client''s TLS handshake (JA4 or the like), as the gateway saw it, at most 64 characters.',
  region LowCardinality(String) COMMENT 'Free label.',
  service LowCardinality(String) COMMENT 'Free label.',
  ingest_source LowCardinality(String) COMMENT 'Name of the ingest token that delivered the event.',
  masked_fields LowCardinality(String) COMMENT 'Fields in which the shape of a secret was masked: a leak site.',
  ingested_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was written: what a check as of T could see.' CODEC(Delta(8), ZSTD(1)),
  is_history Bool DEFAULT false COMMENT 'True when it was imported with an admin token: only then it may say that something was used more than a day before ingested_at.' CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toDate(ts)
ORDER BY (key_id, ts)
SETTINGS non_replicated_deduplication_window = 100000, ttl_only_drop_parts = 1, min_age_to_force_merge_seconds = 86400, min_age_to_force_merge_on_partition_only = 1
COMMENT 'Every request event, as it was received.'
