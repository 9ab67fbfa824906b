-- As usage_hours.
ALTER TABLE route_hours MODIFY COLUMN key_id CODEC(LZ4)
