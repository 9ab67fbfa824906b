-- Worked out of the statistics as a finding is written: the view of the fleet asks for it of every key with an open incident, and these are kilobytes each.
ALTER TABLE finding_records
  ADD COLUMN IF NOT EXISTS at_risk_micros Nullable(Float64) MATERIALIZED JSONExtract(statistics, 'at_risk_micros', 'Nullable(Float64)')
    COMMENT 'Millionths of a US dollar that are at risk until the next business morning, as the statistics say; NULL where they do not.'
