-- Who signed in, or tried to, and who did what, from {since} until {until} and after the place of the page before, newest first?
SELECT
  toUnixTimestamp64Milli(a.at) AS at_ms,
  a.entry AS entry_id,
  a.area AS entry_area,
  a.act AS entry_act,
  a.who AS entry_who,
  a.way AS entry_way,
  a.subject AS entry_subject,
  a.key_id AS entry_key,
  a.address AS entry_address,
  a.note AS entry_note,
  a.attempts AS entry_attempts
FROM
(
  SELECT
    s.at AS at, concat('s', toString(s.entry)) AS entry, 'session' AS area, toString(s.event) AS act, s.who AS who, toString(s.way) AS way,
    s.subject AS subject, '' AS key_id, s.address AS address,
    if(s.reason != '', toString(s.reason), if(s.event = 'signed_in', if(s.may_act = 1, 'may_act', 'read_only'), '')) AS note,
    s.attempts AS attempts
  FROM sign_ins AS s
  WHERE s.at >= {since:DateTime64(3, 'UTC')} AND s.at < {until:DateTime64(3, 'UTC')}
  UNION ALL
  SELECT
    t.at, concat('t', t.incident_id, ' ', toString(t.sequence)), if(t.kind = 'containment', 'containment', 'incident'),
    if(t.kind = 'containment' OR t.reason = 'expected', toString(t.reason), toString(t.kind)), JSONExtractString(t.details, 'person', 'actor'),
    if(JSONExtractString(t.details, 'person', 'eventId') != '', 'pagerduty', ''), t.incident_id, t.key_id, '',
    JSONExtractString(t.details, 'person', 'note'), toUInt32(1)
  FROM incident_transitions AS t
  WHERE t.incident_id IN
    (
      SELECT i.incident_id FROM incident_transitions AS i
      WHERE i.at >= {since:DateTime64(3, 'UTC')} AND i.at < {until:DateTime64(3, 'UTC')}
    )
    AND t.at >= {since:DateTime64(3, 'UTC')} AND t.at < {until:DateTime64(3, 'UTC')} AND JSONExtractString(t.details, 'person', 'actor') != ''
  UNION ALL
  SELECT
    e.recorded_at, concat('e', e.expectation_id, ' ', toString(e.revision)), 'suppression', toString(e.action), e.actor, '', e.expectation_id,
    e.key_id, '', e.note, toUInt32(1)
  FROM expectations AS e
  WHERE e.recorded_at >= {since:DateTime64(3, 'UTC')} AND e.recorded_at < {until:DateTime64(3, 'UTC')}
  UNION ALL
  SELECT
    v.recorded_at, concat('k', v.key_id, ' ', toString(toUnixTimestamp64Milli(v.valid_from))), 'key',
    multiIf(v.revoked_at IS NOT NULL, 'recorded_as_revoked', v.replaces != '', 'recorded_as_successor', 'recorded'), v.recorded_by, '', v.replaces,
    v.key_id, '', '', toUInt32(1)
  FROM key_versions AS v
  WHERE v.recorded_at >= {since:DateTime64(3, 'UTC')} AND v.recorded_at < {until:DateTime64(3, 'UTC')} AND v.recorded_by != '' AND v.origin = 'change'
) AS a
WHERE
  ({area:String} = '' OR a.area = {area:String})
  AND ({who:String} = '' OR positionCaseInsensitiveUTF8(a.who, {who:String}) > 0 OR (a.area = 'session' AND positionCaseInsensitiveUTF8(a.subject, {who:String}) > 0))
  AND ({after_entry:String} = '' OR (a.at, a.entry) < ({after_at:DateTime64(3, 'UTC')}, {after_entry:String}))
ORDER BY a.at DESC, a.entry DESC
LIMIT {most:UInt32}
