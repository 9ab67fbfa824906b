CREATE DICTIONARY IF NOT EXISTS network_of
(
  prefix String,
  asn UInt32 DEFAULT 0,
  name String DEFAULT '',
  type String DEFAULT 'unknown'
)
PRIMARY KEY prefix
SOURCE(CLICKHOUSE(NAME plimsoll_networks TABLE 'networks'))
LAYOUT(IP_TRIE)
LIFETIME(MIN 2700 MAX 3600)
COMMENT 'Network of an address: dictGet(''network_of'', ''name'', source_ip), also asn and type. Loaded on first use; the job refresh-networks loads it again, and so does a server every hour.'
