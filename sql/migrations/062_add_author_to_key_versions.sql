ALTER TABLE key_versions
  ADD COLUMN IF NOT EXISTS recorded_by String DEFAULT '' COMMENT 'Who wrote this version: the name of a token, or cli and the user.' AFTER recorded_at
