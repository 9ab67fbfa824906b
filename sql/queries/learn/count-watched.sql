-- How many keys were used from {first} to {last}, and how many of these days were learned by {visible}?
SELECT uniqExactIf(key_id, requests > 0) AS watched_keys, uniqExact(day) AS learned_days
FROM baselines
WHERE day BETWEEN {first:Date} AND {last:Date} AND computed_at <= {visible:DateTime64(3, 'UTC')}
