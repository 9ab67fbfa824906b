-- What did {day} say of the whole fleet, when it was learned last until {visible}? Empty: it was not learned, or before that was kept.
SELECT watched_keys, learned_days, tail_key_days, tail_until, tail_below, tail_excess, tail_benign_pages
FROM fleet_days
WHERE day = {day:Date} AND computed_at <= {visible:DateTime64(3, 'UTC')}
ORDER BY computed_at DESC
LIMIT 1
