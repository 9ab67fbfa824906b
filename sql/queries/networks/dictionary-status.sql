-- Is the analysts' dictionary of networks in use? No row when nobody has asked it yet.
SELECT toString(status) AS status
FROM system.dictionaries
WHERE database = currentDatabase() AND name = 'network_of' AND status != 'NOT_LOADED'
