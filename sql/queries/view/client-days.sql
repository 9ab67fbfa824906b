-- Which days, whole between {from} and {to}, are summed up in client_days as they are in client_minutes? A day that is there in part, for its table was made in its course, is not.
SELECT toString(m.day) AS day
FROM
(
  SELECT toDate(minute) AS day, sum(c.requests) AS requests
  FROM client_minutes AS c
  WHERE toDate(minute) >= toDate({from:DateTime64(3, 'UTC')}) AND toDate(minute) <= toDate({to:DateTime64(3, 'UTC')})
  GROUP BY day
  HAVING min(minute) >= {from:DateTime64(3, 'UTC')} AND max(minute) < {to:DateTime64(3, 'UTC')}
) AS m
INNER JOIN
(
  SELECT d.day AS day, sum(d.requests) AS requests
  FROM client_days AS d
  WHERE d.day >= toDate({from:DateTime64(3, 'UTC')}) AND d.day <= toDate({to:DateTime64(3, 'UTC')})
  GROUP BY day
) AS s ON s.day = m.day AND s.requests = m.requests
ORDER BY day
