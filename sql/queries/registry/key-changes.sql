-- What did people change in the registry since {since}: of {keys}, or, without these, what no change event tells of yet? Five keys of each act.
SELECT
  key_id,
  toUInt8(version = 1) AS is_new,
  toUnixTimestamp64Milli(valid_from) AS valid_ms,
  toUnixTimestamp64Milli(recorded_at) AS recorded_ms,
  recorded_by,
  display,
  owner,
  service,
  environment,
  routing_key_ref,
  limit_per_minute,
  former_limit,
  monthly_budget_usd,
  former_budget,
  allowed_cidrs,
  former_cidrs,
  scopes,
  former_scopes,
  replaces,
  former_replaces,
  toUnixTimestamp64Milli(rotate_by) AS rotate_ms,
  toUnixTimestamp64Milli(former_rotate_by) AS former_rotate_ms,
  toUnixTimestamp64Milli(revoked_at) AS revoked_ms,
  toUnixTimestamp64Milli(former_revoked_at) AS former_revoked_ms,
  -- What was written together in one name is one act.
  toUInt32(count() OVER (PARTITION BY recorded_at, recorded_by, routing_key_ref)) AS keys_of_act
FROM
(
  SELECT
    v.key_id AS key_id, v.valid_from AS valid_from, v.recorded_at AS recorded_at, v.recorded_by AS recorded_by,
    v.display AS display, v.owner AS owner, v.service AS service, v.environment AS environment, v.routing_key_ref AS routing_key_ref,
    v.limit_per_minute AS limit_per_minute, v.monthly_budget_usd AS monthly_budget_usd, v.allowed_cidrs AS allowed_cidrs,
    v.scopes AS scopes, v.replaces AS replaces, v.rotate_by AS rotate_by, v.revoked_at AS revoked_at,
    row_number() OVER former AS version,
    lagInFrame(v.limit_per_minute) OVER former AS former_limit,
    lagInFrame(v.monthly_budget_usd) OVER former AS former_budget,
    lagInFrame(v.allowed_cidrs) OVER former AS former_cidrs,
    lagInFrame(v.scopes) OVER former AS former_scopes,
    lagInFrame(v.replaces) OVER former AS former_replaces,
    lagInFrame(v.rotate_by) OVER former AS former_rotate_by,
    lagInFrame(v.revoked_at) OVER former AS former_revoked_at
  FROM key_versions AS v
  WHERE v.key_id IN
  (
    SELECT n.key_id
    FROM key_versions AS n
    WHERE n.recorded_at >= {since:DateTime64(3, 'UTC')} AND n.valid_from >= {since:DateTime64(3, 'UTC')}
      AND (empty({keys:Array(String)}) OR n.key_id IN {keys:Array(String)})
  )
  WINDOW former AS (PARTITION BY v.key_id ORDER BY v.valid_from, v.recorded_at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
)
WHERE recorded_at >= {since:DateTime64(3, 'UTC')} AND valid_from >= {since:DateTime64(3, 'UTC')}
  AND key_id != '*'
  -- A key that comes on file changes nothing, unless it succeeds another one.
  AND (version > 1 OR replaces != '')
  AND
  (
    replaces != former_replaces
    OR version > 1 AND
    (
      ifNull(limit_per_minute, 0) != ifNull(former_limit, 0)
      OR ifNull(monthly_budget_usd, 0) != ifNull(former_budget, 0)
      OR allowed_cidrs != former_cidrs
      OR scopes != former_scopes
      OR ifNull(rotate_by, toDateTime64(0, 3, 'UTC')) != ifNull(former_rotate_by, toDateTime64(0, 3, 'UTC'))
      OR ifNull(revoked_at, toDateTime64(0, 3, 'UTC')) != ifNull(former_revoked_at, toDateTime64(0, 3, 'UTC'))
    )
  )
  AND
  (
    notEmpty({keys:Array(String)})
    OR concat('change/', toString(toUnixTimestamp64Milli(recorded_at)), '/', routing_key_ref) NOT IN
      (SELECT p.page_id FROM page_transitions AS p WHERE p.action = 'change' AND p.at >= {since:DateTime64(3, 'UTC')})
  )
ORDER BY valid_from, recorded_at, key_id
LIMIT 5 BY recorded_at, recorded_by, routing_key_ref
