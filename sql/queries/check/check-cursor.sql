-- Which tick did check-keys deal with last, {lately}: within two days? Zero when there is none.
SELECT toUnixTimestamp(max(tick)) AS cursor_s
FROM past_checks
WHERE job = 'check-keys' AND reason = 'live' AND tick > if({lately:Bool}, now() - toIntervalDay(2), toDateTime(0, 'UTC'))
