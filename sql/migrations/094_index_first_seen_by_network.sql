-- Which keys were used from a network (/24, IPv6 /64) is asked of all keys, and few parts of the table know it. No function of constants is in it: it would be
-- worked out in a query, and the index not be found.
ALTER TABLE first_seen
  ADD INDEX IF NOT EXISTS by_network tupleElement(IPv6CIDRToRange(toIPv6OrDefault(value), if(startsWith(value, '::ffff:'), 120, 64)), 1) TYPE bloom_filter(0.01) GRANULARITY 1
