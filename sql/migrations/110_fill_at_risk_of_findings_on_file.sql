-- In the background; until then it is worked out of the statistics of older findings as they are read.
ALTER TABLE finding_records MATERIALIZE COLUMN at_risk_micros
