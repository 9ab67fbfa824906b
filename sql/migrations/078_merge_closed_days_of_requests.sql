-- A key's events of a day then lie side by side in one part, and forensic questions over weeks read one place a day. Only whole days that got no
-- row for a day are merged, so that each is written once more.
ALTER TABLE requests MODIFY SETTING min_age_to_force_merge_seconds = 86400, min_age_to_force_merge_on_partition_only = 1
