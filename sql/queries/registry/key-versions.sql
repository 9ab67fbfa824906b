-- Which versions of {keys} are on file, of all keys without these? Of two for one instant the last counts.
SELECT
  key_id, valid_from, display, fingerprints, owner, service, provider, environment, holders, limit_per_minute, allowed_cidrs, scopes,
  prices, monthly_budget_usd, created_at, rotate_by, revoked_at, replaces, routing_key_ref, runbook_url, guard, guard_ref, rules
FROM key_versions
WHERE empty({keys:Array(String)}) OR key_id IN {keys:Array(String)}
ORDER BY key_id, valid_from, recorded_at
