-- Which clients were refused (401 or 403) with these revoked keys between {from} and {to}, from which addresses, minute by minute? A client
-- is known to a key that it was served with before the revocation ({revoked}, epoch seconds). {as_of}: only rows that were there then.
WITH
  revoked AS
  (
    SELECT tupleElement(given, 1) AS key_id, tupleElement(given, 2) AS revoked_s
    FROM (SELECT arrayJoin(arrayZip({keys:Array(String)}, {revoked:Array(UInt32)})) AS given)
  ),
  refused AS
  (
    SELECT r.key_id AS key_id, r.observed_by AS observed_by, r.source_ip AS source_ip, r.user_agent AS user_agent, r.service AS service,
      arraySort(groupUniqArray(toUnixTimestamp(toStartOfMinute(r.ts)))) AS minutes
    FROM requests AS r
    WHERE r.key_id IN {keys:Array(String)}
      AND r.ts >= {from:DateTime64(3, 'UTC')} AND r.ts < {to:DateTime64(3, 'UTC')}
      AND r.status IN (401, 403)
      AND r.ingested_at <= {as_of:DateTime64(3, 'UTC')}
    GROUP BY key_id, observed_by, source_ip, user_agent, service
  )
SELECT
  key_id,
  toString(observed_by) AS observed_by,
  toString(source_ip) AS address,
  user_agent,
  service,
  minutes,
  (key_id, observed_by, user_agent) IN
  (
    SELECT key_id, observed_by, user_agent
    FROM
    (
      SELECT u.key_id AS key_id, u.observed_by AS observed_by, u.user_agent AS user_agent, min(u.ts) AS first_ts
      FROM requests AS u
      WHERE u.key_id IN {keys:Array(String)} AND u.is_served AND u.ingested_at <= {as_of:DateTime64(3, 'UTC')}
      GROUP BY key_id, observed_by, user_agent
    ) AS used
    INNER JOIN revoked USING (key_id)
    WHERE toUnixTimestamp(first_ts) < revoked_s
  ) AS is_known
FROM refused
ORDER BY key_id, observed_by, address, user_agent, service
