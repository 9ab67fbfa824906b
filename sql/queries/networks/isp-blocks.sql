-- Which of {blocks} hold a whole network of an ISP, or lie in one and are as wide as many households? {wide} are those that are.
SELECT
  block,
  any(name) AS network_name
FROM networks
ARRAY JOIN {blocks:Array(String)} AS block
WHERE type = 'isp'
  AND (isIPAddressInRange(splitByChar('/', prefix)[1], block)
      AND toUInt8(splitByChar('/', prefix)[2]) >= toUInt8(splitByChar('/', block)[2])
    OR block IN {wide:Array(String)} AND isIPAddressInRange(splitByChar('/', block)[1], prefix))
GROUP BY block
