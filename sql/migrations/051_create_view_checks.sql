CREATE VIEW IF NOT EXISTS checks
(
  job String COMMENT 'What ran.',
  tick DateTime('UTC') COMMENT 'The end of the judged minute, or of the learned day.',
  as_of DateTime64(3, 'UTC') COMMENT 'Visible rows: those with ingested_at <= as_of.',
  reason String COMMENT 'live, late (rows came after the first check), history (asked for by hand), or learn.',
  outcome String COMMENT 'evaluated, not_evaluated, or in_part: without the keys of ClickHouse servers that did not answer.',
  detail String COMMENT 'Why it was not evaluated, or empty.',
  keys UInt32 COMMENT 'Keys judged.',
  findings UInt32 COMMENT 'Findings written.',
  baseline_day Nullable(Date) COMMENT 'Day of the newest baselines used; NULL when there were none.',
  duration_ms UInt32 COMMENT 'How long the span took that this tick was part of.',
  recorded_at DateTime64(3, 'UTC') COMMENT 'When the row was written.'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT job, tick, as_of, reason, outcome, detail, keys, findings, baseline_day, duration_ms, recorded_at
FROM check_runs
COMMENT 'Every evaluation: what ran, for which minute, as of when, how long, how it ended.'
