-- Which keys that nobody registered were used from {from} to {until}, and how many of their requests were served between {served_from} and
-- {served_until}? Those with most of these first, at most {most}. The registry counts as of {registry_at}, as far as recorded by {visible}.
SELECT key_id, served
FROM
(
  SELECT
    key_id,
    sumIf(h.served, hour < {served_until:DateTime('UTC')}) AS served
  FROM usage_hours AS h
  WHERE toDate(hour) >= toDate({served_from:DateTime('UTC')})
    AND hour >= {served_from:DateTime('UTC')}
    AND hour < {until:DateTime('UTC')}
    -- Of all others nothing is summed up.
    AND key_id IN
    (
      SELECT u.key_id
      FROM usage_hours AS u
      WHERE toDate(u.hour) >= toDate({from:DateTime('UTC')})
        AND toDate(u.hour) >= toDate({served_from:DateTime('UTC')})
        AND u.hour >= {from:DateTime('UTC')}
        AND u.hour >= {served_from:DateTime('UTC')}
        AND u.hour < {until:DateTime('UTC')}
        AND u.key_id NOT IN
        (
          SELECT key_id
          FROM key_versions
          WHERE valid_from <= {registry_at:DateTime64(3, 'UTC')} AND recorded_at <= {visible:DateTime64(3, 'UTC')}
        )
      -- An index leads to what is in a set, never to what is not: looking costs more than the rows.
      SETTINGS use_index_for_in_with_subqueries = 0
    )
  GROUP BY key_id
)
ORDER BY served DESC, key_id
LIMIT {most:UInt32}
