-- How many days of keys were learned from {first} to {last}, by {visible}, of keys that were used in that time?
SELECT uniqExact(b.day, b.key_id, b.observed_by) AS key_days
FROM baselines AS b
WHERE b.day BETWEEN {first:Date} AND {last:Date} AND b.computed_at <= {visible:DateTime64(3, 'UTC')}
  AND b.key_id IN (SELECT u.key_id FROM baselines AS u WHERE u.day BETWEEN {first:Date} AND {last:Date} AND u.requests > 0 AND u.computed_at <= {visible:DateTime64(3, 'UTC')})
