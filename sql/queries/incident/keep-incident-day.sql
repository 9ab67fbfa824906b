-- Keeps the raw events of {keys} from {from} to {to} for {incident}, the earliest first, {most} at most.
INSERT INTO incident_events
(
  incident_id, ts, key_id, session_key_id, observed_by, id, source_ip, asn, network_type, method, route, status, latency_ms, bytes, spend_micros, unit_millis,
  count, scope, user_agent, tls_fingerprint, region, service, ingest_source, masked_fields, ingested_at
)
SELECT
  {incident:String}, ts, key_id, session_key_id, observed_by, id, source_ip, asn, network_type, method, route, status, latency_ms, bytes, spend_micros, unit_millis,
  count, scope, user_agent, tls_fingerprint, region, service, ingest_source, masked_fields, ingested_at
FROM requests
WHERE key_id IN {keys:Array(String)} AND ts >= {from:DateTime64(3, 'UTC')} AND ts < {to:DateTime64(3, 'UTC')}
ORDER BY ts, key_id, id
LIMIT {most:UInt32}
