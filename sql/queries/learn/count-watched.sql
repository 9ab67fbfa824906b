-- How many keys were used from {first} to {last}, as far as it was learned by {visible}?
SELECT uniqExact(key_id) AS watched_keys
FROM baselines
WHERE day BETWEEN {first:Date} AND {last:Date} AND requests > 0 AND computed_at <= {visible:DateTime64(3, 'UTC')}
