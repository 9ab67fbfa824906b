ALTER TABLE page_transitions
  MODIFY COLUMN state Enum8('pending' = 1, 'retrying' = 2, 'sent' = 3, 'failed' = 4, 'dropped' = 5) COMMENT 'How far it got; dropped: not sent, because another page says it.',
  ADD COLUMN IF NOT EXISTS place UInt32 DEFAULT 0 COMMENT 'Position among the pages of its incident, which are sent in this order.',
  ADD COLUMN IF NOT EXISTS routing_ref String DEFAULT '' COMMENT 'Which integration it goes to: the key''s routing_key_ref; empty for the default.',
  ADD COLUMN IF NOT EXISTS not_before DateTime64(3, 'UTC') DEFAULT toDateTime64(0, 3, 'UTC') COMMENT 'When it may be tried again.'
