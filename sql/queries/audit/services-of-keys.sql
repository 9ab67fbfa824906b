-- Under which service labels was each key used in the week before {now}, from how many addresses, and how often under each? Of keys that
-- nobody registered the thousand with most requests.
SELECT
  key_id,
  groupArray(service) AS services,
  groupArray(requests) AS requests,
  groupArray(addresses) AS addresses
FROM
(
  SELECT r.key_id AS key_id, r.service AS service, sum(r.count) AS requests, uniqExact(r.source_ip) AS addresses
  FROM requests AS r
  WHERE r.service != '' AND r.is_served
    AND r.ts >= {now:DateTime64(3, 'UTC')} - toIntervalDay(7) AND r.ts < {now:DateTime64(3, 'UTC')}
  GROUP BY key_id, service
  ORDER BY key_id, service
)
GROUP BY key_id
ORDER BY arraySum(requests) DESC, key_id
LIMIT 1000 BY if(key_id IN (SELECT key_id FROM key_versions), key_id, '')
