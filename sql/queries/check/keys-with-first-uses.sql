-- Which keys used anything between {from} and {until} that they had not used before? With {keys}: only these.
SELECT DISTINCT key_id
FROM
(
  SELECT key_id, min(f.first_at) AS seen_at
  FROM first_seen AS f
  WHERE (key_id, observed_by, level, value) IN
  (
    -- Rows are merged eventually: this is a superset.
    SELECT key_id, observed_by, level, value
    FROM first_seen AS recent
    WHERE recent.first_at >= {from:DateTime('UTC')}
      AND recent.first_at < {until:DateTime('UTC')}
      AND level IN ('key', 'ip', 'asn', 'route', 'user_agent')
      AND (empty({keys:Array(String)}) OR key_id IN {keys:Array(String)})
  )
  GROUP BY key_id, observed_by, level, value
  HAVING seen_at >= {from:DateTime('UTC')}
)
ORDER BY key_id
