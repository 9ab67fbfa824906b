-- Which migrations were applied, and with which text?
SELECT name, any(m.checksum) AS checksum
FROM migrations AS m
GROUP BY name
