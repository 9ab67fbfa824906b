-- How much was the key {keys} (the ids of one key) used between two instants, as each observer saw it, from which addresses (at most {most}) and how
-- many, and when last?
SELECT
  toString(r.observed_by) AS observed_by,
  sum(r.count) AS requests,
  sumIf(r.count, r.status IN (401, 403)) AS refused,
  sum(toUInt128(r.spend_micros)) AS spend_micros,
  uniqExact(r.source_ip) AS addresses,
  groupUniqArray({most:UInt32})(toString(r.source_ip)) AS source_ips,
  toUnixTimestamp64Milli(max(r.ts)) AS last_ms
FROM requests AS r
WHERE r.key_id IN {keys:Array(String)} AND r.ts >= {from:DateTime64(3, 'UTC')} AND r.ts < {to:DateTime64(3, 'UTC')}
GROUP BY observed_by
ORDER BY observed_by
