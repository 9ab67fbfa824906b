-- Which versions of keys were on file at {at}, as far as recorded by {visible}? The same number means the same versions.
SELECT toString(sum(sipHash64(key_id, valid_from, recorded_at))) AS stamp, count() AS versions
FROM key_versions
WHERE valid_from <= {at:DateTime64(3, 'UTC')} AND recorded_at <= {visible:DateTime64(3, 'UTC')}
