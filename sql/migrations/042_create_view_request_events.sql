CREATE VIEW IF NOT EXISTS request_events
(
  ts DateTime64(3, 'UTC') COMMENT 'When the request was served, exactly as the sender gave it.',
  key_id String COMMENT 'Public identifier of the key, or fp_ and 16 digits of its fingerprint; the principal or minting key where the event named one.',
  session_key_id String COMMENT 'The short-lived key that was used, where the event named its principal or the key that minted it: key_id is that one then. Else empty.',
  observed_by Enum8('gateway' = 1, 'caller' = 2, 'provider' = 3) COMMENT 'Who saw the request; never summed together.',
  id String COMMENT 'The sender''s own id of the request, or empty.',
  source_ip IPv6 COMMENT 'The client''s address, IPv4 as ::ffff:a.b.c.d; :: when there was none.',
  asn UInt32 COMMENT 'Autonomous system of the address; 0 when unknown.',
  network_type Enum8('unknown' = 0, 'hosting' = 1, 'isp' = 2, 'cloud' = 3, 'business' = 4, 'vpn' = 5, 'internal' = 6) COMMENT 'Type of the network that the address belongs to.',
  method String COMMENT 'HTTP method or the operation''s kind.',
  route String COMMENT 'Route template without query string.',
  status UInt16 COMMENT 'HTTP status.',
  latency_ms Float32 COMMENT 'Milliseconds the request took.',
  bytes UInt64 COMMENT 'Response bytes, total over count.',
  spend_micros UInt64 COMMENT 'Cost in millionths of a US dollar, total over count.',
  unit_millis UInt64 COMMENT 'Thousandths of the billed unit, total over count.',
  count UInt32 COMMENT 'How many identical requests this row stands for.',
  scope String COMMENT 'Permission (scope) that the request used.',
  user_agent String COMMENT 'Client software, at most 256 characters.',
  tls_fingerprint String COMMENT 'Fingerprint of the client''s TLS handshake (JA4 or the like), as the gateway saw it, at most 64 characters.',
  region String COMMENT 'Free label.',
  service String COMMENT 'Free label.',
  ingest_source String COMMENT 'Name of the ingest token that delivered the event.',
  masked_fields String COMMENT 'Fields in which the shape of a secret was masked: a leak site.',
  ingested_at DateTime64(3, 'UTC') COMMENT 'When the row was written: what a check as of T could see.'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT ts, key_id, session_key_id, observed_by, id, source_ip, asn, network_type, method, route, status, latency_ms, bytes, spend_micros,
  unit_millis, count, scope, user_agent, tls_fingerprint, region, service, ingest_source, masked_fields, ingested_at
FROM requests
COMMENT 'Every request event. Filter by key_id and ts first.'
