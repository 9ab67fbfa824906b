-- From which networks were the keys of the owner {owner} used since {from}, each as every observer saw it? For analysts: over the views that they may read.
SELECT
  u.key_id AS key_id,
  u.observed_by AS observed_by,
  u.asn AS asn,
  any(u.asn_name) AS asn_name,
  toString(u.network_type) AS network_type,
  min(u.first_hour) AS first_hour,
  max(u.last_hour) AS last_hour,
  count() AS addresses,
  sum(u.requests) AS requests,
  sum(toUInt128(u.spend_micros)) / 1e6 AS spend_usd
FROM source_networks AS u
WHERE u.key_id IN (SELECT k.key_id FROM keys AS k WHERE k.owner = {owner:String}) AND u.last_hour >= {from:DateTime64(3, 'UTC')} AND u.observed_by != 'provider'
GROUP BY key_id, observed_by, asn, network_type
ORDER BY requests DESC, key_id, observed_by, asn, network_type
