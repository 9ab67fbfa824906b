-- From which networks was each of {keys} (all ids of the keys of one owner) used between {from} and {to}, as each observer saw it, and how much?
SELECT
  key_id,
  observed_by,
  asn,
  network_type,
  names.name AS network_name,
  first_s,
  last_s,
  addresses,
  requests,
  refused,
  spend_micros
FROM
(
  SELECT
    key_id,
    observed_by,
    h.asn AS asn,
    toString(h.network_type) AS network_type,
    toUnixTimestamp(min(hour)) AS first_s,
    toUnixTimestamp(max(hour)) AS last_s,
    uniqExact(source_ip) AS addresses,
    sum(h.requests) AS requests,
    sum(h.throttled) + sum(h.denied) AS refused,
    toUInt64(least(sum(h.spend_micros), 9223372036854775807)) AS spend_micros
  FROM source_hours AS h
  WHERE toDate(hour) >= toDate({from:DateTime64(3, 'UTC')})
    AND toDate(hour) <= toDate({to:DateTime64(3, 'UTC')})
    AND hour >= {from:DateTime64(3, 'UTC')}
    AND hour < {to:DateTime64(3, 'UTC')}
    AND observed_by != 'provider'
    AND key_id IN {keys:Array(String)}
  GROUP BY key_id, observed_by, asn, network_type
) AS used
LEFT JOIN (SELECT asn, any(n.name) AS name FROM networks AS n WHERE n.asn > 0 GROUP BY asn) AS names USING (asn)
ORDER BY requests DESC, key_id, observed_by, asn, network_type
