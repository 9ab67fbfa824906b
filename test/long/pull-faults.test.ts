import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { judgeCoverage } from "../../src/detect/judge-coverage.js";
import { pullReports, type PullDeps, type PullOutcome } from "../../src/pipeline/pull/pull-reports.js";
import type { Report } from "../../src/pull/define-puller.js";
import { openai } from "../../src/pull/openai.js";
import { Secret } from "../../src/secret.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { openUsageProvider, type UsageProvider } from "../helpers/usage-provider.js";

const ADMIN_KEY = "sk-admin-Zk3vQ8xW2nR7tY5uB1cD4eF6gH9jK0mN";
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const START = Date.parse("2026-03-02T00:00:00Z");
let [checks, provider, deps] = [] as unknown as [OpenChecks, UsageProvider, PullDeps];
const waits: number[] = [];
const problems: string[] = [];

const isTried = ({ name }: Report) => name === "completions" || name === "costs";
const atHome = (report: Report): Report => Object.assign({ ...report }, { origin: provider.origin });

before(async () => {
  [checks, provider] = await Promise.all([openChecks(), openUsageProvider(ADMIN_KEY)]);
  deps = {
    store: checks.store,
    pullers: [{ ...openai, reports: openai.reports.filter(isTried).map(atHome) }],
    credentialOf: () => new Secret(ADMIN_KEY),
    hourDays: 100_000,
    patienceMs: 240_000,
    pause: async (ms) => void waits.push(ms),
    onPulled: () => undefined,
    onProblem: (_, __, problem) => void problems.push(problem),
  };
});

after(async () => {
  await Promise.all([checks.close(), provider.close()]);
});

/** Two keys and two models, each hour of some days. */
function fileHours(from: number, to: number): void {
  for (let hour = from; hour < to; hour += HOUR)
    for (const [index, key] of ["key_a", "key_b"].entries())
      provider.filed.push({ hour, key, model: `gpt-${index}`, requests: 100 + index, tokens: 12_345 });
}

const pull = async (now: number): Promise<PullOutcome> => (await pullReports(deps, now))[0]!;

interface Totals {
  readonly requests: number;
  readonly tokens: number;
  readonly usd: number;
}

/** What the provider has on file up to an instant, and what Plimsoll holds. */
function theirs(until: number): Totals {
  const filed = provider.filed.filter(({ hour, key }) => hour + HOUR <= until && key !== null);
  const costs = provider.costs.filter(({ day }) => day + DAY <= until);
  return {
    requests: filed.reduce((sum, { requests }) => sum + requests, 0),
    tokens: filed.reduce((sum, { tokens }) => sum + tokens, 0),
    usd: Number(costs.reduce((sum, { usd }) => sum + usd, 0).toFixed(6)),
  };
}
const ask = async (from: string): Promise<Totals> =>
  (
    await checks.ask<Totals>(
      `SELECT toFloat64(sum(requests)) AS requests, toFloat64(sum(unit_millis)) / 1000 AS tokens, toFloat64(sum(spend_micros)) / 1e6 AS usd FROM ${from}`,
    )
  )[0]!;
const ours = async () => ask("provider_usage");

/** Heartbeats carry ClickHouse's clock, which does not follow a test's. */
const asWrittenThen = async () =>
  checks.store.client.command({
    query: "ALTER TABLE ingest_coverage UPDATE last_ingested_at = minute + 30 WHERE source = 'provider/openai'",
    clickhouse_settings: { mutations_sync: "1" },
  });

async function silences(now: number): Promise<string[]> {
  await asWrittenThen();
  const facts = {
    redisDownSince: null,
    awayShards: [],
    checks: null,
    unrecordedSince: null,
    sources: await checks.store.watch.readLiveSources(now),
    delivery: { waiting: 0, oldestAt: null, waitingProblem: "", failed: 0, problem: "" },
    canPage: false,
    copies: [],
    guards: [],
    unread: [],
    hasPager: false,
    unjudged: null,
    clocks: { apartMs: null, skewed: [] },
    lost: null,
  };
  return judgeCoverage(facts, now).map(({ severity, summary, whatToDo }) => `${severity} ${summary}. ${whatToDo}`);
}

test("totals are the provider's last word after it corrected yesterday downwards, repeated a page, answered 429 and was away for a day, and its silence was noticed", async () => {
  const until = START + 3 * DAY;
  fileHours(START, until + DAY + 12 * HOUR);
  provider.filed.push({ hour: START, key: null, model: "gpt-0", requests: 5, tokens: 5 });
  provider.costs.push({ day: START, key: "key_a", line: "gpt-0, input", usd: 2.4 });
  provider.costs.push({ day: START + DAY, key: "key_a", line: "gpt-0, input", usd: 12.345678 });
  const first = await pull(until + 6 * MINUTE);
  assert.deepEqual(first.problems, []);
  // A day that has just ended is not billed yet.
  assert.deepEqual(await ours(), theirs(until));
  const corrected = Date.now();

  const yesterday = until - 14 * HOUR;
  const ofYesterday = provider.filed.filter(({ hour }) => hour === yesterday);
  ofYesterday[0]!.requests = 60;
  ofYesterday[0]!.tokens = 345;
  provider.filed.splice(provider.filed.indexOf(ofYesterday[1]!), 1);
  provider.filed.find(({ hour }) => hour === yesterday + HOUR)!.requests += 11;
  provider.costs[1]!.usd = 3.5;
  provider.faults.repeated = 1;
  provider.faults.throttled = 2;
  provider.faults.failing = 1;
  await pull(until + 16 * MINUTE);
  assert.equal(waits.filter((ms) => ms >= 7000).length, 2, waits.join());
  assert.equal(provider.faults.repeated + provider.faults.throttled + provider.faults.failing, 0);
  const now = until + 4 * HOUR + 6 * MINUTE;
  assert.deepEqual((await pull(now)).problems, []);
  assert.deepEqual(await ours(), theirs(until + 4 * HOUR));
  // The most that was ever reported is what rates are judged by; of that, what was taken back is known.
  const counted = await ask("usage_per_hour WHERE observed_by = 'provider'");
  assert.equal(counted.requests, theirs(until + 4 * HOUR).requests + 40 + 101);
  const [taken] = await checks.ask<{ n: number }>(
    "SELECT toFloat64(sum(requests_taken_back)) AS n FROM provider_usage",
  );
  assert.equal(taken?.n, 141);
  assert.equal((await ask(`provider_usage_as_of(as_of = toDateTime64(${corrected / 1000}, 3))`)).usd, 2.4 + 12.345678);

  for (let at = now + 10 * MINUTE; at < until + 12 * HOUR; at += 15 * MINUTE) await pull(at);
  assert.deepEqual(await silences(until + 12 * HOUR), []);
  provider.faults.away = Infinity;
  const gone = until + 12 * HOUR;
  for (let at = gone; at < gone + DAY; at += 2 * HOUR) assert.notDeepEqual((await pull(at)).problems, []);
  const [noticed = ""] = await silences(gone + 9 * HOUR);
  assert.match(noticed, /^error Blind to provider\/openai: silent for \d+ hours.*plimsoll pull openai --dry-run/);
  provider.faults.away = 0;
  assert.deepEqual((await pull(gone + DAY + 6 * MINUTE)).problems, []);
  assert.deepEqual(await ours(), theirs(gone + DAY));
  assert.deepEqual(await silences(gone + DAY + 7 * MINUTE), []);
});

test("reading it all again, at any time and twice at once, changes nothing", async () => {
  const now = START + 5 * DAY;
  await pull(now);
  const [rows] = await checks.ask<{ n: number }>("SELECT toFloat64(count()) AS n FROM provider_reports");
  const counted = await ask("usage_per_hour");
  await Promise.all([pull(now + HOUR), pullReports(deps, now + HOUR, undefined, { provider: "openai", from: START })]);
  assert.deepEqual(await checks.ask("SELECT toFloat64(count()) AS n FROM provider_reports"), [rows]);
  assert.deepEqual(await ask("usage_per_hour"), counted);
});

test("two pulls at once write a correction once", async () => {
  provider.filed[0]!.requests += 1000;
  const now = START + 2 * DAY + 2 * HOUR;
  await Promise.all([1, 2, 3].map(() => pullReports(deps, now, undefined, { provider: "openai", from: START })));
  assert.equal((await ours()).requests, theirs(Infinity).requests);
  const [most] = await checks.ask<{ n: number }>("SELECT toFloat64(sum(added_requests)) AS n FROM provider_reports");
  assert.equal((await ask("usage_per_hour")).requests, most?.n);
});

test("what a pull that died left in some tables only, the next one finishes", async () => {
  await checks.store.client.command({ query: "DETACH TABLE usage_minutes_fill_by_reports" });
  provider.filed[1]!.requests += 500;
  const dying = { ...checks.store.pull, insertPull: async () => Promise.reject(new Error("killed")) };
  const wish = { provider: "openai", from: START };
  const now = START + 3 * DAY;
  const broken = { ...deps, store: { ...checks.store, pull: dying } };
  await assert.rejects(pullReports(broken, now, undefined, wish), /killed/);
  await checks.store.client.command({ query: "ATTACH TABLE usage_minutes_fill_by_reports" });
  const counted = (await ask("usage_per_hour")).requests;
  await pullReports(deps, now, undefined, wish);
  assert.equal((await ask("usage_per_hour")).requests, counted + 500);
  await pullReports(deps, now, undefined, wish);
  assert.equal((await ask("usage_per_hour")).requests, counted + 500);
});

test("a refused credential, and what the provider says of it, is in no problem", async () => {
  problems.length = 0;
  const wrong = { ...deps, credentialOf: () => new Secret(`${ADMIN_KEY}x`) };
  const [outcome] = await pullReports(wrong, START + 9 * DAY);
  assert.match(outcome?.problems[0] ?? "", /completions: 127\.0\.0\.1:\d+ refuses the credential \(401\)/);
  assert.equal([...problems, ...(outcome?.problems ?? [])].filter((text) => text.includes(ADMIN_KEY)).length, 0);
});
