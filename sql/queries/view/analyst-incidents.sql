-- Which incidents were opened from {from} to before {to}, of a state, severity, cause, verdict, key and owner of a key (empty: any)? For analysts: over the views that they may read. The newest first.
SELECT
  i.incident_id AS incident_id,
  i.opened_at AS opened_at,
  i.changed_at AS changed_at,
  i.severity AS severity,
  i.state AS state,
  i.cause AS cause,
  i.key_id AS key_id,
  i.keys AS keys,
  i.subject AS subject,
  i.reason AS reason,
  i.notifications AS notifications,
  i.verdict AS verdict
FROM incidents AS i
WHERE i.opened_at >= {from:DateTime64(3, 'UTC')}
  AND i.opened_at < {to:DateTime64(3, 'UTC')}
  AND ({state:String} = '' OR i.state = {state:String})
  AND ({severity:String} = '' OR i.severity = {severity:String})
  AND ({cause:String} = '' OR i.cause = {cause:String})
  AND ({verdict:String} = '' OR i.verdict = {verdict:String})
  AND ({key:String} = '' OR has(arrayPushBack(i.keys, i.key_id), {key:String}))
  AND ({owner:String} = '' OR hasAny(arrayPushBack(i.keys, i.key_id), (SELECT groupArray(k.key_id) FROM keys AS k WHERE k.owner = {owner:String})))
ORDER BY opened_at DESC, incident_id DESC
LIMIT 1000
