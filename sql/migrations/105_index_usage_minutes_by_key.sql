-- Of a quarter of an hour each part has some keys, and of most keys none: a view of one key reads its own, and not a part of all for each quarter.
ALTER TABLE usage_minutes
  ADD INDEX IF NOT EXISTS by_key key_id TYPE bloom_filter(0.01) GRANULARITY 1
