-- As first_seen is, and by autonomous system: a view of a network asks for ten weeks of all keys.
ALTER TABLE source_hours
  ADD INDEX IF NOT EXISTS by_network tupleElement(IPv6CIDRToRange(source_ip, if(startsWith(toString(source_ip), '::ffff:'), 120, 64)), 1) TYPE bloom_filter(0.01) GRANULARITY 1,
  ADD INDEX IF NOT EXISTS by_asn asn TYPE bloom_filter(0.01) GRANULARITY 1
