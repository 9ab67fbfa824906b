CREATE TABLE IF NOT EXISTS networks
(
  prefix String COMMENT 'Block of addresses as CIDR, IPv4 or IPv6; blocks do not overlap.' CODEC(ZSTD(1)),
  asn UInt32 COMMENT 'Autonomous system; 0 when there is none.' CODEC(ZSTD(1)),
  name String COMMENT 'Who runs it, as registered or as the networks file says; may be empty.' CODEC(ZSTD(1)),
  type Enum8('unknown' = 0, 'hosting' = 1, 'isp' = 2, 'cloud' = 3, 'business' = 4, 'vpn' = 5, 'internal' = 6) COMMENT 'What kind of network.' CODEC(ZSTD(1)),
  version LowCardinality(String) COMMENT 'What the table was made from: the same in every row.',
  refreshed_at DateTime('UTC') COMMENT 'When the table was made: the same in every row.' CODEC(Delta(4), ZSTD(1))
)
ENGINE = MergeTree
ORDER BY (asn, prefix)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'The network of each address, as used by ingest. Replaced as a whole by the job refresh-networks. IP to ASN data: @ip-location-db/asn, CC BY 4.0, by RouteViews, DB-IP and NRO.'
