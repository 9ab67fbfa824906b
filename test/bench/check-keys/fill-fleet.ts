import { QUARTER_MS } from "../../../src/pipeline/check/facts/quarter-usage.js";
import type { Store } from "../../../src/store/store.js";
import { addDays, DAY_MS, dayOf, dayStart, HOUR_MS, MINUTE_MS } from "../../../src/time/day.js";

/** Closed days on file. */
const LEARNED_DAYS = 28;

/** Of more than these an hour is filled quarter by quarter. */
const MOST_KEYS_AN_HOUR = 25_000;

/** How much of a fleet is on file. */
interface FilledDays {
  /** Minute rows reach so far back from where they end. */
  readonly historyHours: number;
  /** The newest of the days that were learned, `YYYY-MM-DD`. */
  readonly learned: string;
}

/**
 * A fleet made inside ClickHouse, straight into the roll-ups, up to an hour (epoch ms): every key active every minute from four addresses on two routes. Rates are
 * log-normal; 3 % of the keys have a new source with a seventh of the traffic (one in twelve of them does so for the first time), 5 % an
 * address that changes daily, 2 % a new route; nine in ten have a limit, and one in fifty stays near it.
 */
export async function fillFleet(
  store: Store,
  keys: number,
  hour: number,
  { historyHours, learned }: FilledDays = { historyHours: 24, learned: addDays(dayOf(hour), -1) },
): Promise<void> {
  const run = runOn(store, keys);
  // What the views would make of these rows is written below, without going through every row once more.
  await run("DROP VIEW source_hours_fill");
  await run("DROP VIEW route_hours_fill");
  await run(`CREATE TABLE fleet ENGINE = MergeTree ORDER BY key_id AS ${FLEET}`, {
    day: Math.floor(dayStart(dayOf(hour)) / DAY_MS),
  });
  const from = hour - historyHours * HOUR_MS;
  // A statement is to end long before anybody takes the server for dead.
  const step = keys > MOST_KEYS_AN_HOUR ? QUARTER_MS : HOUR_MS;
  for (let at = from; at < hour; at += step) await fillUsage(run, at, step);
  await run(FIRST_SEEN, { from: from / 1000, until: hour / 1000 });
  await run(COVERAGE, { from: (hour - 30 * DAY_MS) / 1000, minutes: (30 * DAY_MS) / MINUTE_MS });
  await run(REGISTRY);
  for (let ago = LEARNED_DAYS - 1; ago >= 0; ago -= 1) {
    const day = addDays(learned, -ago);
    const newest = ago === 0 ? 1 : 0;
    await run(BASELINES, { day, newest });
    await run(LEARNED, { tick: (dayStart(day) + DAY_MS) / 1000 });
  }
  await run(CHECKED, { from: from / 1000, minutes: (hour - from) / MINUTE_MS });
}

/** What comes in between two checks: one more minute (epoch ms) of all keys. */
export async function fillMinute(store: Store, keys: number, minute: number): Promise<void> {
  const run = runOn(store, keys);
  await fillUsage(run, minute, MINUTE_MS);
  await run(COVERAGE, { from: minute / 1000, minutes: 1 });
}

type Run = (query: string, params?: Readonly<Record<string, unknown>>) => Promise<unknown>;

function runOn(store: Store, keys: number): Run {
  return async (query, params = {}) =>
    store.client.command({ query, query_params: { keys, ...params }, clickhouse_settings: { max_execution_time: 0 } });
}

async function fillUsage(run: Run, from: number, lengthMs: number): Promise<void> {
  const params = { from: from / 1000, minutes: lengthMs / MINUTE_MS };
  await run(SOURCES, params);
  await run(ROUTES, params);
  await run(USAGE, params);
}

/** One row per key: how much it does, from where, and what it is special in. */
const FLEET = `
SELECT
  number AS n,
  concat('acct_', lower(hex(sipHash64(n, 1))), '_', toString(n % 1000)) AS key_id,
  4 * exp(1.5 * sqrt(-2 * log((sipHash64(n, 2) % 1000000 + 1) / 1000001)) * cos(6.283185307 * (sipHash64(n, 3) % 1000000) / 1000000)) AS drawn,
  greatest(1, toUInt32(round(least(drawn, 240) / 4))) AS per_address,
  toUInt32(sipHash64(n, 4) % 3000000000) AS base,
  64500 + sipHash64(n, 5) % 500 AS asn,
  n % 100 IN (3, 40, 77) AS has_newcomer,
  n % 100 IN (5, 25, 45, 65, 85) AS has_pool,
  n % 50 = 11 AS has_new_route,
  n % 1200 IN (3, 440, 877) AS is_leaking,
  -- Whole hours before midnight of the judged day.
  sipHash64(n, 6) % 130 AS newcomer_hours_ago,
  arrayMap(i -> toIPv6(IPv4NumToString(toUInt32(base - base % 256 + 256 * (i DIV 2) + i + 1))), range(4)) AS addresses,
  toIPv6(IPv4NumToString(toUInt32(sipHash64(n, 7)))) AS newcomer,
  arrayMap(d -> toIPv6(IPv4NumToString(toUInt32(base - base % 65536 + 17408 + sipHash64(n, 8, d) % 250))), range(toUInt32({day:UInt32} - 30), toUInt32({day:UInt32} + 2))) AS pool,
  toUInt32({day:UInt32} - 30) AS pool_from,
  toDateTime({day:UInt32} * 86400, 'UTC') - newcomer_hours_ago * 3600 AS newcomer_at,
  if(n % 10 = 9, NULL, toUInt64(ceil((per_address * 4 + 1) * if(n % 50 = 7, 1.3, 5)))) AS limit_per_minute
FROM numbers({keys:UInt64})`;

/** Requests wander by a quarter about their mean, each address on its own. */
const MINUTES = `
    SELECT f.*, toDateTime({from:UInt32} + 60 * m, 'UTC') AS minute,
      arrayMap(i -> toUInt64(greatest(1, round(per_address * (0.75 + 0.5 * (sipHash64(n, minute, i) % 1000) / 1000)))), range(4)) AS amounts
    FROM fleet AS f
    ARRAY JOIN range({minutes:UInt32}) AS m`;

const SOURCES = `
INSERT INTO source_minutes (minute, key_id, observed_by, source_ip, asn, network_type, requests, served, spend_micros)
SELECT minute, key_id, 'gateway', tupleElement(source, 1), tupleElement(source, 2), tupleElement(source, 3), tupleElement(source, 4) AS amount, amount, amount * 2100
FROM
(
  SELECT minute, key_id, arrayJoin(arrayConcat(
    arrayMap(i -> (if(i = 3 AND has_pool, pool[toUInt32(toDate(minute)) - pool_from + 1], addresses[i + 1]), toUInt32(asn), 'cloud',
      if(has_newcomer AND minute >= newcomer_at, greatest(1, amounts[i + 1] * 6 DIV 7), amounts[i + 1])), range(4)),
    if(has_newcomer AND minute >= newcomer_at, [(newcomer, toUInt32(65000 + n % 40), 'hosting', greatest(1, arraySum(amounts) DIV 7))], []))) AS source
  FROM (${MINUTES})
)`;

const ROUTES = `
INSERT INTO route_minutes (minute, key_id, observed_by, method, route, scope, requests, served, spend_micros)
SELECT minute, key_id, 'gateway', 'POST', tupleElement(part, 1), '', tupleElement(part, 2) AS amount, amount, amount * 2100
FROM
(
  SELECT minute, key_id, arrayJoin(arrayConcat(
    [('/v1/charges', amounts[1] + amounts[2]), ('/v1/customers', amounts[3] + amounts[4])],
    if(has_new_route, [('/v2/exports', toUInt64(1))], []))) AS part
  FROM (${MINUTES})
)`;

const USAGE = `
INSERT INTO usage_minutes (minute, key_id, observed_by, requests, served, spend_micros)
SELECT minute, key_id, observed_by, sum(s.requests), sum(s.served), sum(s.spend_micros)
FROM source_minutes AS s
WHERE toStartOfFifteenMinutes(minute) >= toStartOfFifteenMinutes(toDateTime({from:UInt32}, 'UTC'))
  AND minute >= toDateTime({from:UInt32}, 'UTC') AND minute < toDateTime({from:UInt32} + 60 * {minutes:UInt32}, 'UTC')
GROUP BY minute, key_id, observed_by`;

/** Ten more addresses and a route of long ago, so that this table is as full as it becomes in a year. */
const FIRST_SEEN = `
INSERT INTO first_seen
SELECT key_id, 'gateway', tupleElement(seen, 1), tupleElement(seen, 2), tupleElement(seen, 3), tupleElement(seen, 4)
FROM
(
  SELECT key_id, toDateTime({until:UInt32}, 'UTC') AS now, now - 86400 * 300 AS born, arrayJoin(arrayConcat(
    [('key', '', born, now), ('asn', toString(asn), born, now), ('route', '/v1/charges', born, now), ('route', '/v1/customers', born, now),
     ('route', '/v1/legacy', born, born + 86400)],
    arrayMap(ip -> ('ip', toString(ip), born, now), addresses),
    arrayMap(i -> ('ip', toString(toIPv6(IPv4NumToString(toUInt32(sipHash64(n, 9, i))))), born, born + 3600), range(10)),
    if(has_pool, arrayMap(d -> ('ip', toString(pool[d - pool_from + 1]), toDateTime(d * 86400, 'UTC'), toDateTime(d * 86400 + 86340, 'UTC')),
      range(pool_from, toUInt32(pool_from + 31))), []),
    if(has_newcomer, [('ip', toString(newcomer), newcomer_at, now), ('asn', toString(65000 + n % 40), newcomer_at, now)], []),
    if(has_new_route, [('route', '/v2/exports', toDateTime({from:UInt32} - 86400 * 2, 'UTC'), now)], []))) AS seen
  FROM fleet
)`;

const COVERAGE = `
INSERT INTO ingest_coverage (minute, source, events, last_ingested_at)
SELECT toDateTime({from:UInt32} + 60 * number, 'UTC') AS minute, concat('gateway_', toString(i)), {keys:UInt64} * 4, minute + 62
FROM numbers({minutes:UInt32}) ARRAY JOIN range(3) AS i`;

const REGISTRY = `
INSERT INTO key_versions (key_id, valid_from, recorded_at, display, fingerprints, owner, service, provider, environment, holders, limit_per_minute,
  allowed_cidrs, scopes, prices, replaces, routing_key_ref, runbook_url, rules)
SELECT key_id, toDateTime64('2026-01-01 00:00:00', 3, 'UTC'), toDateTime64('2026-01-01 00:00:00', 3, 'UTC'), right(key_id, 4),
  [lower(hex(SHA256(key_id)))], 'payments team', 'checkout', 'acme', 'production', ['ana', 'bo'], limit_per_minute,
  if(n % 20 = 0, [concat(toString(bitShiftRight(base, 24)), '.0.0.0/8')], []), ['read', 'write'], '{"/v1/charges":0.0021}', '', '', 'https://runbooks.example.com/keys', '[]'
FROM fleet`;

const BASELINES = `
INSERT INTO baselines
SELECT {day:Date}, key_id, 'gateway', toDateTime64({day:Date} + 1, 3, 'UTC') + 60, 3, toDateTime({day:Date} - 300, 'UTC'), per_address * 4 * 1440,
  per_address * 4 * 1440 * 2100, [0, 0, 0, 0, 0, 0, 0, 0], if(has_newcomer AND NOT is_leaking, [0.2, 0, 0, 0.2, 0.2, 0.2, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0]), 2100,
  arrayMap(i -> per_address * 20, range(288)),
  if({newest:UInt8} = 1, arrayMap(i -> per_address * 20 * (0.95 + 0.1 * (sipHash64(n, i, 10) % 1000) / 1000), range(576)), []),
  if({newest:UInt8} = 1, arrayMap(i -> per_address * 20 * (0.95 + 0.1 * (sipHash64(n, i, 11) % 1000) / 1000), range(576)), []),
  per_address * 20, [0.01, 0.02, 0.01], [0.05, 0.06, 0.07], [0.06, 0.05, 0.04, 0.03, 0.12, 0.09, 0.06, 0.04], [5, 5, 5, 5, 5, 5, 5, 5],
  arrayMap(i -> toUInt8(if(has_newcomer AND NOT is_leaking, 20, sipHash64(n, i, {day:Date}) % 3)), range(108)), 28, 0, toDateTime64(0, 3, 'UTC'), []
FROM fleet`;

const LEARNED = `
INSERT INTO check_runs (job, tick, as_of, reason, outcome, version, baseline_day, recorded_at)
SELECT 'learn-baselines', toDateTime({tick:UInt32}, 'UTC'), toDateTime64({tick:UInt32}, 3, 'UTC') + 60, 'learn', 'evaluated', 3, NULL, toDateTime64({tick:UInt32}, 3, 'UTC') + 90`;

const CHECKED = `
INSERT INTO check_runs (job, tick, as_of, reason, outcome, events, recorded_at)
SELECT 'check-keys', toDateTime({from:UInt32} + 60 * (number + 1), 'UTC') AS tick, tick + 45, 'live', 'evaluated', {keys:UInt64} * 12, tick + 46
FROM numbers({minutes:UInt32})`;
