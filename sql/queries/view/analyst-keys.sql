-- Which keys are on record, of an owner, service, provider and environment (empty: any), how much was each used since {from} as every observer saw it, and how many incidents of it are open? For analysts: over the views that they may read.
SELECT
  k.key_id AS key_id,
  k.display AS display,
  k.owner AS owner,
  k.service AS service,
  k.provider AS provider,
  k.environment AS environment,
  k.limit_per_minute AS limit_per_minute,
  k.rotate_by AS rotate_by,
  k.revoked_at AS revoked_at,
  toString(u.observed_by) AS observed_by,
  u.requests AS requests,
  u.spend_usd AS spend_usd,
  u.throttled AS throttled,
  o.incidents AS open_incidents
FROM keys AS k
LEFT JOIN
(
  SELECT
    h.key_id AS used_key,
    h.observed_by AS observed_by,
    sum(h.requests) AS requests,
    sum(toUInt128(h.spend_micros)) / 1e6 AS spend_usd,
    sum(h.throttled) AS throttled
  FROM usage_per_hour AS h
  WHERE h.hour > {from:DateTime64(3, 'UTC')} AND h.observed_by != 'provider'
  GROUP BY used_key, observed_by
) AS u ON u.used_key = k.key_id
LEFT JOIN
(
  SELECT arrayJoin(arrayDistinct(arrayPushBack(i.keys, i.key_id))) AS incident_key, count() AS incidents
  FROM incidents AS i
  WHERE i.state != 'resolved'
  GROUP BY incident_key
) AS o ON o.incident_key = k.key_id
WHERE ({owner:String} = '' OR k.owner = {owner:String})
  AND ({service:String} = '' OR k.service = {service:String})
  AND ({provider:String} = '' OR k.provider = {provider:String})
  AND ({environment:String} = '' OR k.environment = {environment:String})
ORDER BY key_id, observed_by
LIMIT 10000
