-- Only what an administrator imported may say that something was used long before it arrived.
ALTER TABLE requests
  ADD COLUMN IF NOT EXISTS is_history Bool DEFAULT false COMMENT 'True when it was imported with an admin token: only then it may say that something was used more than a day before ingested_at.' CODEC(ZSTD(1))
