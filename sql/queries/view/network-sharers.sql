-- Which keys other than {keys} (all ids of the keys of one owner) were used from the autonomous systems {asns} between {from} and {to}, and from how many of the addresses of
-- those? Of each system the {most} keys that were used last, those at the same addresses first, and how many there are in all.
SELECT
  asn,
  toUInt64(count()) AS keys,
  toUInt64(countIf(shared_addresses > 0)) AS keys_at_addresses,
  arraySlice(groupArray(key_id), 1, {most:UInt32}) AS key_ids,
  arraySlice(groupArray(shared_addresses), 1, {most:UInt32}) AS addresses
FROM
(
  SELECT
    h.asn AS asn,
    key_id,
    max(hour) AS last_hour,
    uniqExactIf(
      source_ip,
      source_ip IN
      (
        SELECT source_ip
        FROM source_hours
        WHERE toDate(hour) >= toDate({from:DateTime64(3, 'UTC')})
          AND toDate(hour) <= toDate({to:DateTime64(3, 'UTC')})
          AND hour >= {from:DateTime64(3, 'UTC')}
          AND hour < {to:DateTime64(3, 'UTC')}
          AND observed_by != 'provider'
          AND key_id IN {keys:Array(String)}
      )) AS shared_addresses
  FROM source_hours AS h
  WHERE toDate(hour) >= toDate({from:DateTime64(3, 'UTC')})
    AND toDate(hour) <= toDate({to:DateTime64(3, 'UTC')})
    AND hour >= {from:DateTime64(3, 'UTC')}
    AND hour < {to:DateTime64(3, 'UTC')}
    AND observed_by != 'provider'
    AND h.asn IN {asns:Array(UInt32)}
    AND key_id NOT IN {keys:Array(String)}
  GROUP BY asn, key_id
  ORDER BY asn, shared_addresses > 0 DESC, last_hour DESC, key_id
)
GROUP BY asn
ORDER BY asn
