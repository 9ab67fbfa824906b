-- Whom are these new {keys}, first used at {births}, compared with? The narrowest of owner, service and provider in which any key was used nine days before, else the
-- fleet once that is two weeks old; none ('') before. And since when is the fleet in use? Reports of providers count for nothing. The registry counts as of
-- {registry_at}, as far as recorded by {visible}.
WITH
  asked AS
  (
    SELECT tupleElement(given, 1) AS key_id, toDateTime(tupleElement(given, 2), 'UTC') AS born_at
    FROM (SELECT arrayJoin(arrayZip({keys:Array(String)}, {births:Array(UInt32)})) AS given)
  ),
  registry AS
  (
    SELECT
      key_id,
      argMax(v.owner, (valid_from, recorded_at)) AS owner,
      argMax(v.service, (valid_from, recorded_at)) AS service,
      argMax(v.provider, (valid_from, recorded_at)) AS provider
    FROM key_versions AS v
    WHERE valid_from <= {registry_at:DateTime64(3, 'UTC')} AND recorded_at <= {visible:DateTime64(3, 'UTC')}
    GROUP BY key_id
  ),
  births AS
  (
    SELECT key_id, min(b.first_at) AS used_at
    FROM used_keys AS b
    WHERE observed_by != 'provider'
    GROUP BY key_id
  ),
  since AS
  (
    SELECT peer_kind, peer_name, min(used_at) AS since_at
    FROM
    (
      SELECT used_at, arrayJoin([('owner', owner), ('service', service), ('provider', provider), ('fleet', '')]) AS peers,
        tupleElement(peers, 1) AS peer_kind, tupleElement(peers, 2) AS peer_name
      FROM births
      LEFT JOIN registry USING (key_id)
    )
    WHERE peer_kind = 'fleet' OR peer_name != ''
    GROUP BY peer_kind, peer_name
  )
SELECT
  key_id,
  toUnixTimestamp(born_at) AS born_s,
  argMinIf(c.peer_kind, c.place, c.is_old) AS kind,
  argMinIf(c.peer_name, c.place, c.is_old) AS name,
  toUnixTimestamp(anyIf(c.since_at, c.peer_kind = 'fleet')) AS fleet_s
FROM
(
  SELECT
    key_id,
    born_at,
    peer_kind,
    peer_name,
    place,
    since_at,
    toUnixTimestamp(since_at) > 0 AND since_at <= born_at - if(peer_kind = 'fleet', 1209600, 777600) AS is_old
  FROM
  (
    SELECT key_id, born_at, arrayJoin([(1, 'owner', owner), (2, 'service', service), (3, 'provider', provider), (4, 'fleet', '')]) AS peers,
      tupleElement(peers, 1) AS place, tupleElement(peers, 2) AS peer_kind, tupleElement(peers, 3) AS peer_name
    FROM asked
    LEFT JOIN registry USING (key_id)
  ) AS wanted
  LEFT JOIN since USING (peer_kind, peer_name)
) AS c
GROUP BY key_id, born_at
ORDER BY key_id, born_at
