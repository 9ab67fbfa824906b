-- As usage_minutes: what a key did from the networks that findings blame is asked for by key, over a day and more.
ALTER TABLE source_minutes
  ADD INDEX IF NOT EXISTS by_key key_id TYPE bloom_filter(0.01) GRANULARITY 1
