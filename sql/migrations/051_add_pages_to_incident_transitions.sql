ALTER TABLE incident_transitions
  ADD COLUMN IF NOT EXISTS subject String DEFAULT '' COMMENT 'What the incident is about, where that is not just the key; else empty.' AFTER cause,
  ADD COLUMN IF NOT EXISTS pages String DEFAULT '' COMMENT 'The events that the transition sends, as a JSON array: stored with it in one row, so that none is ever forgotten.' CODEC(ZSTD(3))
