-- Did traffic ever give a key an id of its fingerprint? A row if so.
SELECT 1 AS given
FROM used_keys
WHERE startsWith(key_id, 'fp_')
LIMIT 1
