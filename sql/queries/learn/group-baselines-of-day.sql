-- How far was every group of keys usually from what is expected of its keys, after {day} had been learned? As learned by {visible}.
SELECT day, kind, name, observed_by, noise, noise_days, daily_max_bins
FROM group_baselines
WHERE day = {day:Date} AND computed_at <= {visible:DateTime64(3, 'UTC')}
ORDER BY kind, name, observed_by, computed_at DESC
LIMIT 1 BY kind, name, observed_by
