ALTER TABLE page_transitions
  COMMENT COLUMN IF EXISTS action 'trigger, acknowledge or resolve; or change, which tells of changed keys and opens nothing.'
