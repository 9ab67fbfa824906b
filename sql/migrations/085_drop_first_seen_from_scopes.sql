DROP VIEW IF EXISTS first_seen_from_scopes
