CREATE TABLE IF NOT EXISTS incident_events
(
  incident_id String COMMENT 'The incident that the event is kept for.' CODEC(ZSTD(1)),
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
  scope LowCardinality(String) COMMENT 'Permission (scope) that the request used.',
  user_agent LowCardinality(String) COMMENT 'Client software, at most 256 characters.',
  tls_fingerprint LowCardinality(String) COMMENT 'Fingerprint of the client''s TLS handshake (JA4 or the like), as the gateway saw it, at most 64 characters.',
  region LowCardinality(String) COMMENT 'Free label.',
  service LowCardinality(String) COMMENT 'Free label.',
  ingest_source LowCardinality(String) COMMENT 'Name of the ingest token that delivered the event.',
  masked_fields LowCardinality(String) COMMENT 'Fields in which the shape of a secret was masked: a leak site.',
  ingested_at DateTime64(3, 'UTC') COMMENT 'When the row of the raw event was written.' CODEC(Delta(8), ZSTD(1)),
  kept_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the event was copied.' CODEC(Delta(8), ZSTD(1))
)
ENGINE = MergeTree
ORDER BY (incident_id, ts, key_id)
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'Raw events of the keys of incidents from onset to end, copied before they expire, and kept indefinitely: the first 100,000 of an incident. Not partitioned, so that a day is copied wholly or not at all.'
