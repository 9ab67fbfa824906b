-- When was each key first seen? Keys whose first request came before {until}; a provider's reports count where nobody else had seen the
-- key until then. With {keys}: only these.
SELECT key_id, observed_by, born_s
FROM
(
  SELECT
    key_id,
    observed_by,
    toUnixTimestamp(min(f.first_at)) AS born_s,
    countIf(observed_by != 'provider') OVER (PARTITION BY key_id) AS others
  FROM first_seen AS f
  WHERE level = 'key' AND f.first_at < {until:DateTime('UTC')}
    AND (empty({keys:Array(String)}) OR key_id IN {keys:Array(String)})
  GROUP BY key_id, observed_by
)
WHERE observed_by != 'provider' OR others = 0
ORDER BY key_id, observed_by
