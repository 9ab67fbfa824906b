-- Of which reports were changes written since their last complete pull? They are written again, by who finishes the pull.
SELECT provider, report
FROM
(
  SELECT provider, report, max(reported_at) AS newest_at
  FROM provider_reports
  GROUP BY provider, report
) AS r
LEFT JOIN
(
  SELECT provider, report, max(pulled_at) AS newest_pull
  FROM provider_pulls
  GROUP BY provider, report
) AS p USING (provider, report)
WHERE newest_at > newest_pull
ORDER BY provider, report
