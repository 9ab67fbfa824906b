-- Which versions of keys were on file at {at}, as far as recorded by {visible}? The same number means the same versions: they are chosen by these two instants
-- alone, so that versions of the same two are in it together or not at all.
SELECT toString(sum(cityHash64(valid_from, recorded_at))) AS stamp, count() AS versions
FROM key_versions
WHERE valid_from <= {at:DateTime64(3, 'UTC')} AND recorded_at <= {visible:DateTime64(3, 'UTC')}
