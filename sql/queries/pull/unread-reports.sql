-- Which reports could not be read since their last complete pull: since when, when last, and why?
SELECT
  f.provider AS of_provider,
  f.report AS of_report,
  toUnixTimestamp64Milli(min(f.at)) AS since_ms,
  toUnixTimestamp64Milli(max(f.at)) AS last_ms,
  argMax(f.problem, f.at) AS why,
  any(c.pulls) > 0 AS was_read
FROM pull_problems AS f
LEFT JOIN
(
  SELECT provider, report, max(pulled_at) AS pulled_at, count() AS pulls FROM provider_pulls GROUP BY provider, report
) AS c ON c.provider = f.provider AND c.report = f.report
WHERE f.at > c.pulled_at
GROUP BY f.provider, f.report
ORDER BY f.provider, f.report
