-- A day under suspicion teaches nothing, so that after a month of them no day of a key would be left that it is compared with: how many there were is kept.
ALTER TABLE baselines
  ADD COLUMN IF NOT EXISTS taught_days UInt16 COMMENT 'Days up to this one that ever taught what is usual for the key.' AFTER daily_max_bins
