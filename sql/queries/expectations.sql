-- What did people say was legitimate at {at} or later? With an incident: of that one, whenever.
SELECT
  expectation_id,
  incident_id,
  key_id,
  cause,
  subject,
  networks,
  toUnixTimestamp64Milli(e.from) AS from_ms,
  toUnixTimestamp64Milli(e.until) AS until_ms,
  actor,
  note
FROM expectations AS e
WHERE if({incident:String} = '', e.until > {at:DateTime64(3, 'UTC')}, incident_id = {incident:String})
ORDER BY from_ms, expectation_id
