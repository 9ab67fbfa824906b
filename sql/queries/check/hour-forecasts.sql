-- What is expected of every key, by the snapshots of {day} that existed at {visible}, in the windows of one hour's ticks? Three runs of running
-- totals: {froms} are the slots before which they begin and {lengths} how many each has, 0 when the snapshots do not speak of the hour.
-- {shares} are the known shares of all 576 slots, none when all of each is known.
SELECT
  key_id,
  toInt8(observed_by) AS observer,
  figures,
  churn,
  levels,
  losses,
  noise,
  if(empty(weekly), [], arrayConcat(
    arraySlice(weekly_sums, {froms:Array(UInt16)}[1] + 1, {lengths:Array(UInt16)}[1]),
    arraySlice(weekly_sums, {froms:Array(UInt16)}[2] + 1, {lengths:Array(UInt16)}[2]),
    arraySlice(weekly_sums, {froms:Array(UInt16)}[3] + 1, {lengths:Array(UInt16)}[3]))) AS weekly_marks,
  if(empty(daily), [], arrayConcat(
    arraySlice(daily_sums, {froms:Array(UInt16)}[1] + 1, {lengths:Array(UInt16)}[1]),
    arraySlice(daily_sums, {froms:Array(UInt16)}[2] + 1, {lengths:Array(UInt16)}[2]),
    arraySlice(daily_sums, {froms:Array(UInt16)}[3] + 1, {lengths:Array(UInt16)}[3]))) AS daily_marks
FROM
(
  SELECT
    key_id,
    observed_by,
    [toFloat64(toUnixTimestamp(born_at)), spend_per_request, flat, toFloat64(length(held_days)), toFloat64(toUnixTimestamp64Milli(suspect_until))] AS figures,
    churn,
    levels,
    losses,
    noise,
    weekly,
    daily,
    arrayPushFront(arrayCumSum(if(empty({shares:Array(Float64)}), weekly,
      arrayMap((x, share) -> x * share, weekly, arrayResize({shares:Array(Float64)}, length(weekly))))), 0) AS weekly_sums,
    arrayPushFront(arrayCumSum(if(empty({shares:Array(Float64)}), daily,
      arrayMap((x, share) -> x * share, daily, arrayResize({shares:Array(Float64)}, length(daily))))), 0) AS daily_sums
  FROM baselines
  WHERE day = {day:Date} AND computed_at <= {visible:DateTime64(3, 'UTC')}
  ORDER BY key_id, observed_by, computed_at DESC
  LIMIT 1 BY key_id, observed_by
)
