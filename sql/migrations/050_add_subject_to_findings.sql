ALTER TABLE finding_records
  ADD COLUMN IF NOT EXISTS subject String DEFAULT '' COMMENT 'What it is about, where that is not just the key, such as network/203.0.113.0%2F24; else empty.' AFTER cause
