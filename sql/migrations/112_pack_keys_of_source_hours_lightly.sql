-- As usage_hours.
ALTER TABLE source_hours MODIFY COLUMN key_id CODEC(LZ4)
