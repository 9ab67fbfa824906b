-- How far did the newest complete pull of each report go, and when was it?
SELECT
  provider,
  report,
  toUnixTimestamp64Milli(max(pulled_at)) AS pulled_ms,
  toUnixTimestamp64Milli(argMax(p.asked_at, p.pulled_at)) AS asked_ms,
  toUnixTimestamp(max(p.read_until)) AS until_s
FROM provider_pulls AS p
GROUP BY provider, report
ORDER BY provider, report
