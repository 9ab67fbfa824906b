import { readBuiltInNetworks } from "../../../src/store/networks/built-in-networks.js";
import type { Store } from "../../../src/store/store.js";
import { DAY_MS, HOUR_MS } from "../../../src/time/day.js";
import { STATISTICS } from "./leak-statistics-sql.js";

/** Traffic reaches this far back. */
export const HISTORY_DAYS = 28;
/** One block of rows of each table, as merges find it; several views are then filled at once on few cores. */
const STEP_MS = 6 * HOUR_MS;
const VIEWS_AT_ONCE = { parallel_view_processing: 1 as const, max_insert_threads: "2", max_execution_time: 0 };

/** What is on file; `until` is the end of its traffic (epoch ms), which is now to whoever reads it. */
export interface FilledHistory {
  readonly events: number;
  readonly keys: number;
  readonly until: number;
}

/** What fillHistory left, or null where it did not come to its end. */
export async function readFilled(store: Store): Promise<FilledHistory | null> {
  const exists = await store.client.query({ query: "EXISTS TABLE bench_filled", format: "JSONCompactEachRow" });
  if (Number((await exists.json<[unknown]>())[0]![0]) === 0) return null;
  const result = await store.client.query({
    query: "SELECT events, keys, until FROM bench_filled",
    format: "JSONEachRow",
  });
  return (await result.json<FilledHistory>())[0] ?? null;
}

/**
 * Makes raw events inside ClickHouse, through the table that ingest writes to, so that every roll-up is what its view makes of them. Traffic
 * per key falls off as the square of its rank: the busiest has one event in a hundred, the least a few thousand in all. One key in twenty
 * is used from ever-new residential addresses; one in a hundred leaks since some hours, a seventh of its traffic, through a new hoster.
 */
export async function fillHistory(
  store: Store,
  filled: FilledHistory,
  progress: (share: number) => void,
): Promise<void> {
  const { events, keys, until } = filled;
  const run = (query: string, params: Readonly<Record<string, unknown>> = {}) =>
    store.client.command({
      query,
      query_params: { keys, until: until / 1000, ...params },
      clickhouse_settings: VIEWS_AT_ONCE,
    });
  await run(`CREATE TABLE bench_keys ENGINE = MergeTree ORDER BY n AS ${KEYS}`);
  await store.networks.replaceNetworks(readBuiltInNetworks(), "bench", until);
  for (const query of [REGISTRY, FINDINGS, OPEN_INCIDENTS, INCIDENTS, PAST_INCIDENTS, CHECKED]) await run(query);
  const steps = (HISTORY_DAYS * DAY_MS) / STEP_MS;
  for (let step = 0; step < steps; step += 1) {
    const first = Math.floor((events * step) / steps);
    const rows = Math.floor((events * (step + 1)) / steps) - first;
    await run(EVENTS, { first, rows, from: (until - (steps - step) * STEP_MS) / 1000, seconds: STEP_MS / 1000 });
    progress((step + 1) / steps);
  }
  await run(
    "CREATE TABLE bench_filled ENGINE = MergeTree ORDER BY until AS SELECT {events:UInt64} AS events, {keys:UInt64} AS keys, {ms:UInt64} AS until",
    {
      events,
      ms: until,
    },
  );
}

/** What a key is, from its rank `n`, the busiest being 0: from where it is used, and since when by whom else. */
const OF_KEY = {
  key_id: "concat('acct_', lower(hex(sipHash64(n, 1))))",
  base: "toUInt32(sipHash64(n, 4) % 3000000000)",
  asn: "toUInt32(64500 + sipHash64(n, 5) % 500)",
  is_consumer: "n % 20 = 7",
  is_leaking: "n % 100 = 13",
  onset: "toUInt32({until:UInt32} - 3600 * (2 + sipHash64(n, 6) % 46))",
};
const OF_KEY_TEXT = Object.entries(OF_KEY)
  .map(([name, value]) => `${value} AS ${name}`)
  .join(",\n  ");

const KEYS = `SELECT toUInt32(number) AS n, ${OF_KEY_TEXT} FROM numbers({keys:UInt64})`;

const EVENTS = `
INSERT INTO requests (ts, key_id, observed_by, id, source_ip, asn, network_type, method, route, status, latency_ms, bytes, spend_micros, unit_millis, count, scope,
  user_agent, region, service, ingest_source, masked_fields, ingested_at)
WITH
  toUInt32(floor(pow(intHash64(number * 8 + 1) / 18446744073709551616, 2) * {keys:UInt64})) AS n,
  toUInt32({from:UInt32} + (intHash64(number * 8 + 2) % {seconds:UInt32})) AS second,
  intHash64(number * 8 + 3) AS draw,
  ${OF_KEY_TEXT},
  is_leaking AND second >= onset AND draw % 7 = 0 AS is_stolen,
  toUInt32(multiIf(
    is_stolen, 3400000000 + n * 256 + draw % 3,
    is_consumer, sipHash64(n, second DIV 3600, draw % 8),
    base + draw % 4)) AS address
SELECT
  fromUnixTimestamp64Milli(toInt64(second) * 1000 + toInt64(draw % 1000), 'UTC'),
  key_id,
  'gateway',
  concat('req_', hex(draw)),
  toIPv6(IPv4NumToString(address)),
  multiIf(is_stolen, 65000, is_consumer, 7000 + address % 300, asn),
  multiIf(is_stolen, 'hosting', is_consumer, 'isp', 'cloud'),
  if(draw % 5 = 0, 'GET', 'POST'),
  if(is_stolen, '/v2/exports', ['/v1/charges', '/v1/customers', '/v1/refunds', '/v1/balance', '/v1/events'][1 + draw % 5]),
  multiIf(draw % 211 = 0, 429, draw % 97 = 0, 404, 200),
  10 + draw % 90,
  200 + draw % 5000,
  1000 + draw % 4000,
  1000,
  1,
  if(draw % 5 = 0, 'read', 'write'),
  multiIf(is_stolen, 'python-requests/2.32', draw % 2 = 0, 'acme-sdk/4.1', 'acme-sdk/4.2'),
  'eu-central-1',
  'checkout',
  'gateway',
  '',
  toDateTime64(second + 2, 3, 'UTC')
FROM numbers({first:UInt64}, {rows:UInt64})`;

const REGISTRY = `
INSERT INTO key_versions (key_id, valid_from, recorded_at, display, fingerprints, owner, service, provider, environment, holders, limit_per_minute,
  allowed_cidrs, scopes, prices, replaces, routing_key_ref, runbook_url, rules)
SELECT key_id, toDateTime64({until:UInt32} - 86400 * 200, 3, 'UTC') AS valid_from, valid_from, concat('acct_…', right(key_id, 4)), [lower(hex(SHA256(key_id)))],
  'payments team', 'checkout', 'acme', 'production', ['ana', 'bo'], if(n % 10 = 9, NULL, 60 + n % 1000), [], ['read', 'write'],
  '{"/v1/charges":0.0021}', '', '', 'https://runbooks.example.com/keys', '[]'
FROM bench_keys`;

/** A finding every five minutes while a key leaks. */
const FINDINGS = `
INSERT INTO finding_records (finding_id, tick, as_of, key_id, observed_by, cause, severity, score, onset, summary, headline, signals, statistics, recorded_at)
SELECT concat('leak/', key_id, '/', toString(at)), toDateTime(at, 'UTC'), toDateTime64(at + 40, 3, 'UTC'), key_id, 'gateway', 'leak', 'critical', 5.5,
  toDateTime(onset - onset % 60, 'UTC'), 'Used from a hoster that it was never used from.',
  '{"key":null,"what":"Used from a hoster that it was never used from.","brief":"Used from a hoster that it was never used from."}', '[{"name":"sources","score":5.5,"summary":"a new network"}]', ${STATISTICS},
  toDateTime64(at + 41, 3, 'UTC')
FROM bench_keys
ARRAY JOIN range(toUInt32(onset - onset % 300 + 300), {until:UInt32}, 300) AS at
WHERE is_leaking`;

const OPEN_INCIDENTS = `
INSERT INTO open_incidents (incident_id, sequence, entries) SELECT concat('leak:', key_id), 1, 1 FROM bench_keys WHERE is_leaking`;

const INCIDENTS = `
INSERT INTO incident_transitions (incident_id, sequence, at, key_id, cause, kind, reason, severity, finding_id, details, recorded_at)
SELECT concat('leak:', key_id), 1, toDateTime64(onset + 300, 3, 'UTC') AS at, key_id, 'leak', 'opened', 'first_finding', 'critical', concat('leak/', key_id, '/', toString(onset - onset % 300 + 300)),
  '{"episode":1,"keys":[],"into":"","person":null}', at
FROM bench_keys
WHERE is_leaking`;

/** Another ten a day that are over. */
const PAST_INCIDENTS = `
INSERT INTO incident_transitions (incident_id, sequence, at, key_id, cause, kind, reason, severity, finding_id, details, recorded_at)
SELECT concat('past:', toString(n)), step, toDateTime64({until:UInt32} - 86400 * 3 - 8640 * n + 3600 * step, 3, 'UTC') AS at, key_id, 'leak',
  ['opened', 'acknowledged', 'resolved'][step], ['first_finding', 'by_person', 'by_person'][step], 'error', '', '{"episode":1,"keys":[],"into":"","person":null}', at
FROM bench_keys
ARRAY JOIN [1, 2, 3] AS step
WHERE n < 300`;

const CHECKED = `
INSERT INTO check_runs (job, tick, as_of, reason, outcome, events, recorded_at)
SELECT 'check-keys', toDateTime({until:UInt32} - 60 * number, 'UTC') AS tick, tick + 45, 'live', 'evaluated', {keys:UInt64}, tick + 46
FROM numbers(60 * 24 * ${HISTORY_DAYS})`;
