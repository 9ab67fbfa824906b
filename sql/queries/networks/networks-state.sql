-- How many blocks does the table of networks hold, from which version, and since when? No row before it was first filled.
SELECT count() AS prefixes, any(version) AS networks_version, toUnixTimestamp(max(refreshed_at)) AS refreshed_s
FROM networks
HAVING prefixes > 0
