-- What did people say was legitimate at {at} or later, revision by revision? With an incident or an id: of that one, whenever.
SELECT
  expectation_id,
  revision,
  action,
  incident_id,
  key_id,
  cause,
  subject,
  networks,
  toUnixTimestamp64Milli(r.from) AS from_ms,
  toUnixTimestamp64Milli(least(r.until, r.next_from)) AS until_ms,
  toUnixTimestamp64Milli(r.until) AS stated_ms,
  toUnixTimestamp64Milli(r.recorded_at) AS recorded_ms,
  actor,
  note
FROM
(
  SELECT
    expectation_id, revision, action, incident_id, key_id, cause, subject, networks, e.from AS from, e.until AS until, actor, note, recorded_at,
    leadInFrame(e.from, 1, toDateTime64('2200-01-01 00:00:00', 3, 'UTC'))
      OVER (PARTITION BY expectation_id ORDER BY revision ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS next_from
  FROM expectations AS e
  WHERE expectation_id IN
  (
    SELECT i.expectation_id FROM expectations AS i WHERE {id:String} != '' AND i.expectation_id = {id:String}
    UNION ALL
    SELECT o.expectation_id FROM expectations AS o WHERE {id:String} = '' AND {incident:String} != '' AND o.incident_id = {incident:String}
    UNION ALL
    SELECT u.expectation_id FROM expectations AS u WHERE {id:String} = '' AND {incident:String} = '' AND u.over_at > {at:DateTime64(3, 'UTC')}
  )
) AS r
ORDER BY from_ms, expectation_id, revision
