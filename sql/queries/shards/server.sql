-- Which version is this server, and how much room has it?
SELECT
  version() AS version,
  toFloat64(sum(free_space)) AS free_bytes,
  toUnixTimestamp64Milli(now64(3)) AS now_ms
FROM system.disks
