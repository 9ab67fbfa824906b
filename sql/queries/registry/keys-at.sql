-- What did the registry say of every key at {at}, as far as it was recorded by {visible}?
SELECT
  key_id, valid_from, display, fingerprints, owner, service, provider, environment, holders, limit_per_minute, allowed_cidrs, scopes,
  prices, monthly_budget_usd, created_at, rotate_by, revoked_at, replaces, routing_key_ref, runbook_url, guard, guard_ref, rules
FROM key_versions
WHERE valid_from <= {at:DateTime64(3, 'UTC')} AND recorded_at <= {visible:DateTime64(3, 'UTC')}
ORDER BY key_id, valid_from DESC, recorded_at DESC
LIMIT 1 BY key_id
