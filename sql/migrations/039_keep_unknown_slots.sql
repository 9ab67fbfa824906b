ALTER TABLE baselines
  MODIFY COLUMN slots Array(Int32) COMMENT 'Requests of the day''s 288 slots of five minutes; -1 where nobody was heard or the key was under suspicion.' CODEC(T64, ZSTD(1)),
  ADD COLUMN IF NOT EXISTS highest_score Float64 COMMENT 'Highest score of the day''s five-minute ticks as far as it could matter; else 0.',
  ADD COLUMN IF NOT EXISTS suspect_until DateTime64(3, 'UTC') COMMENT 'Until when the key is under suspicion; the epoch when it is not.',
  ADD COLUMN IF NOT EXISTS held_days Array(Date) COMMENT 'Days in the look-back of novelty on which the score reached the notice threshold: they age no network.'
