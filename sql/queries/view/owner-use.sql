-- How much were {keys} (all ids of the keys of one owner) used between {from} and {to}: each key, and all of them in each network, as the one saw it that saw most of a key? What several saw
-- is never summed. Ids of {former} are those that the keys of {present} had before. Of keys the first {most}: {first} of them, then the busiest; of networks all, each with how many {keys} were used from it, and
-- the five that were most.
SELECT
  toBool(n.1 = 1) AS is_network,
  n.2 AS asn,
  if(is_network, n.3, '') AS network_type,
  if(is_network, '', own_id) AS key_id,
  toUnixTimestamp(min(n.4)) AS first_s,
  toUnixTimestamp(max(n.5)) AS last_s,
  sum(n.6) AS requests,
  sum(n.7) AS refused,
  toUInt64(least(sum(n.8), 9223372036854775807)) AS spend_micros,
  any(best_by) AS observed_by,
  toUInt32(count()) AS keys,
  arrayMap(one -> one.2, groupArraySorted(5)((-toInt64(n.6), own_id))) AS busiest
FROM
(
  SELECT
    own_id,
    argMax(observed_by, (total, biggest, -toInt8(observed_by))) AS best_by,
    argMax(networks_seen, (total, biggest, -toInt8(observed_by))) AS own_networks
  FROM
  (
    SELECT
      own_id,
      observed_by,
      sum(network_requests) AS total,
      max(network_requests) AS biggest,
      groupArray((1, network_asn, network_kind, first_hour, last_hour, network_requests, network_refused, network_spend)) AS networks_seen
    FROM
    (
      SELECT
        transform(h.key_id, {former:Array(String)}, {present:Array(String)}, h.key_id) AS own_id,
        h.observed_by AS observed_by,
        h.asn AS network_asn,
        toString(h.network_type) AS network_kind,
        min(hour) AS first_hour,
        max(hour) AS last_hour,
        sum(h.requests) AS network_requests,
        sum(h.throttled) + sum(h.denied) AS network_refused,
        sum(h.spend_micros) AS network_spend
      FROM source_hours AS h
      WHERE toDate(hour) >= toDate({from:DateTime64(3, 'UTC')})
        AND toDate(hour) <= toDate({to:DateTime64(3, 'UTC')})
        AND hour >= {from:DateTime64(3, 'UTC')}
        AND hour < {to:DateTime64(3, 'UTC')}
        AND h.observed_by != 'provider'
        AND h.key_id IN {keys:Array(String)}
      GROUP BY own_id, observed_by, network_asn, h.network_type
    )
    GROUP BY own_id, observed_by
  )
  GROUP BY own_id
)
-- A row for each network of a key, and one for all of them.
ARRAY JOIN arrayPushBack(
  own_networks,
  (0, toUInt32(0), '', arrayMin(own_networks.4), arrayMax(own_networks.5), arraySum(own_networks.6), arraySum(own_networks.7), arraySum(own_networks.8))) AS n
GROUP BY is_network, asn, network_type, key_id
ORDER BY is_network, key_id IN {first:Array(String)} DESC, requests DESC, key_id, asn, network_type
LIMIT {most:UInt32} BY is_network, asn, network_type
