-- What does all of a history come to, and in how many of its requests is an address?
SELECT
  sum(count) AS requests,
  uniqExact(key_id) AS keys,
  uniqExact(toDate(ts)) AS days,
  sum(toUInt128(r.spend_micros)) AS spend_micros,
  sumIf(count, source_ip != toIPv6('::')) AS with_address
FROM requests AS r
