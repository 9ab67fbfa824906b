-- Was any key other than {keys} (all ids of the keys of one owner) used from the autonomous systems {asns} between {from} and {to}? A row if so: the first that is found is enough.
SELECT 1 AS found
FROM source_hours AS h
WHERE toDate(hour) >= toDate({from:DateTime64(3, 'UTC')})
  AND toDate(hour) <= toDate({to:DateTime64(3, 'UTC')})
  AND hour >= {from:DateTime64(3, 'UTC')}
  AND hour < {to:DateTime64(3, 'UTC')}
  AND observed_by != 'provider'
  AND h.asn IN {asns:Array(UInt32)}
  AND key_id NOT IN {keys:Array(String)}
LIMIT 1
