import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { checkKeysJob } from "../../jobs/check-keys.js";
import { deliverPagesJob } from "../../jobs/deliver-pages.js";
import { learnBaselinesJob } from "../../jobs/learn-baselines.js";
import { recordBackfillJob } from "../../jobs/record-backfill.js";
import { recordEventsJob } from "../../jobs/record-events.js";
import { oldestWaitingAt } from "../../src/store/ingest/buffer-depth.js";
import { openApp, REDIS_PREFIX, type App } from "../../src/app.js";
import { startServe } from "../../src/commands/serve.js";
import { readConfig } from "../../src/config.js";
import { startRedis } from "../../src/local/services/embedded-redis.js";
import { networksCsv } from "../../src/local/simulator/networks.js";
import { Random } from "../../src/local/simulator/random.js";
import { openLog } from "../../src/log.js";
import { parseKey } from "../../src/model/key/parse-key.js";
import type { CheckReport } from "../../src/pipeline/check/check-keys.js";
import { recordKeys } from "../../src/pipeline/registry/record-keys.js";
import { startWorkers } from "../../src/queue/start-workers.js";
import { migrate } from "../../src/store/clickhouse/migrate.js";
import { openWorkerRedis } from "../../src/store/redis/redis.js";
import { runCli } from "./run-cli.js";
import { scratchDatabase } from "./services.js";
import { attackersFleet, type Theft, type AttackersFleet } from "./attackers-fleet.js";
import { until } from "./until.js";

const [MINUTE, HOUR] = [60_000, 3_600_000];
// Two days found the keys; what comes then is watched live.
const T0 = Date.parse("2026-03-07T00:00:00Z");
const LIVE = T0 + 48 * HOUR;
const STEP = HOUR;
const SETTLE_SECONDS = 30;
const TOKEN = "a-token-for-this-test-alone";

/** How many keys are watched for how many hours, and who steals from which of them, in hours since it is watched. */
export interface LiveStory {
  readonly keys: number;
  readonly hours: number;
  readonly thefts: readonly (Omit<Theft, "from" | "to"> & { readonly fromHour: number; readonly toHour: number })[];
}

/** What is compared of an event for PagerDuty. */
interface LastNotification {
  readonly at: string;
  readonly action: string;
  readonly key_id: string;
  readonly dedup_key: string;
  readonly severity: string;
  readonly onset: string;
}

/**
 * When each event reaches ingest: one in a hundred comes 20 to 80 minutes late. Not those of the stolen keys: a first verdict cannot go by what has
 * not come, and may be a minute later than one that does.
 */
function arrivals(fleet: AttackersFleet): { readonly arrivesAt: number; readonly text: string }[] {
  const random = new Random(4, "late");
  return fleet.lines
    .map(({ at, text }) => {
      const isLate = random.chance(0.01) && !fleet.stolen.some((key) => text.includes(`"${key}"`));
      return { arrivesAt: isLate ? at + random.whole(20, 80) * MINUTE : at, text };
    })
    .toSorted((a, b) => a.arrivesAt - b.arrivesAt);
}

/** Plays the same events through serve and the live jobs and through a backtest, and asserts that both told the same. */
export async function assertBacktestEqualsLive(t: TestContext, { keys, hours, thefts }: LiveStory): Promise<void> {
  const end = LIVE + hours * HOUR;
  const fleet = attackersFleet(
    4,
    keys,
    T0,
    end,
    thefts.map(({ fromHour, toHour, ...theft }) => ({
      ...theft,
      from: LIVE + fromHour * HOUR,
      to: LIVE + toHour * HOUR,
    })),
  );
  const dir = mkdtempSync(join(tmpdir(), "plimsoll-backtest-live-"));
  const ends: (() => unknown)[] = [() => rmSync(dir, { recursive: true, force: true })];
  t.after(async () => {
    for (const undo of ends.toReversed()) await undo();
  });
  const [database, redis] = [await scratchDatabase(), await startRedis({ dataDir: join(dir, "redis") })];
  ends.push(
    () => database.drop(),
    () => redis.stop(),
  );
  const files = {
    keys: join(dir, "keys.json"),
    networks: join(dir, "networks.csv"),
    events: join(dir, "events.ndjson"),
  };
  writeFileSync(files.keys, JSON.stringify(fleet.keys));
  writeFileSync(files.networks, networksCsv(fleet.networks));
  const late = arrivals(fleet);
  writeFileSync(files.events, late.map(({ text }) => `${text}\n`).join(""));
  const config = readConfig({
    CLICKHOUSE_URL: database.url,
    REDIS_URL: redis.url,
    PLIMSOLL_ADMIN_TOKENS: `gateway=${TOKEN}`,
    PLIMSOLL_RAW_DAYS: "3650",
    PLIMSOLL_HTTP_PORT: "0",
    PLIMSOLL_BATCH_MAX_WAIT_MS: "10",
    PLIMSOLL_NETWORKS_FILE: files.networks,
    PLIMSOLL_PAGE_BUDGET: "1",
    PLIMSOLL_SETTLE_SECONDS: String(SETTLE_SECONDS),
  });
  await migrate(config.CLICKHOUSE_URL);
  const app = openApp(config, openLog("silent"), [recordEventsJob, recordBackfillJob, deliverPagesJob]);
  ends.push(() => app.close());
  const parsed = fleet.keys.map((row) => parseKey(row, Date.now()));
  assert.ok(parsed.every((one) => "key" in one));
  await recordKeys(app.store, parsed);
  const server = await startServe(app);
  ends.push(() => server.close());
  const connection = openWorkerRedis(config.REDIS_URL, app.log);
  const workers = startWorkers(app, connection, REDIS_PREFIX, [recordEventsJob, recordBackfillJob]);
  ends.push(async () => {
    await workers.close(1000);
    connection.disconnect();
  });

  let sent = 0;
  for (let now = LIVE; now <= end + 2 * HOUR; now += STEP) {
    const from = sent;
    while ((late[sent]?.arrivesAt ?? Infinity) < now) sent += 1;
    await post(
      server.url,
      late.slice(from, sent).map(({ text }) => text),
    );
    await untilRecorded(app);
    const run = { now: now + SETTLE_SECONDS * 1000, signal: undefined };
    await learnBaselinesJob.run(app, {}, run);
    // On a slow machine late minutes take the time of several runs.
    for (let again = 1; again > 0;) ({ late: again } = (await checkKeysJob.run(app, {}, run)) as CheckReport);
  }
  assert.equal(sent, fleet.lines.length);
  const [runs] = await ask<{ late: number }>(app, "SELECT countIf(reason = 'late') AS late FROM check_runs");
  assert.ok((runs?.late ?? 0) > 2 * hours, "rows came late, and their minutes were judged again");

  const args = ["--events", files.events, "--keys", files.keys, "--networks", files.networks, "--budget", "1"];
  const span = ["--from", new Date(LIVE).toISOString()];
  const backtest = await runCli(["backtest", ...args, ...span], { CLICKHOUSE_URL: database.url });
  assert.equal(backtest.code, 0, backtest.stderr);
  const lines = backtest.stdout.split("\n").filter((text) => text !== "");
  const told = lines.map((text): LastNotification => {
    const { at, action, key_id, dedup_key, severity, onset } = JSON.parse(text) as LastNotification;
    return { at, action, key_id, dedup_key, severity, onset: action === "trigger" ? onset : "" };
  });
  assert.deepEqual(told, await toldLive(app));
  const paged = told.filter(({ action, severity }) => action === "trigger" && severity !== "warning");
  assert.deepEqual(new Set(paged.map(({ key_id }) => key_id)), new Set(fleet.stolen));
}

/** The events of the outbox in time order, with the onset of the finding behind each as it was first found. */
async function toldLive(app: App): Promise<LastNotification[]> {
  const rows = await ask<Omit<LastNotification, "at" | "onset"> & { at_ms: number; onset_s: number }>(
    app,
    `SELECT toUnixTimestamp64Milli(t.at) AS at_ms, p.action AS action, p.key_id AS key_id, p.dedup_key AS dedup_key, p.severity AS severity,
       toUnixTimestamp(f.onset) AS onset_s
     FROM (SELECT DISTINCT page_id, incident_id, action, key_id, dedup_key, severity FROM page_transitions WHERE state = 'pending') AS p
     INNER JOIN incident_transitions AS t ON t.incident_id = p.incident_id AND t.kind != 'updated' AND p.page_id = concat(t.incident_id, '/', toString(t.sequence), '/', p.action)
     LEFT JOIN (SELECT finding_id, argMin(onset, as_of) AS onset FROM finding_records GROUP BY finding_id) AS f ON f.finding_id = t.finding_id
     ORDER BY at_ms, t.incident_id, t.sequence, action DESC`,
  );
  return rows.map(({ at_ms, onset_s, action, key_id, dedup_key, severity }) => ({
    at: new Date(at_ms).toISOString(),
    action,
    key_id,
    dedup_key,
    severity,
    onset: action === "trigger" ? new Date(onset_s * 1000).toISOString() : "",
  }));
}

async function ask<Row>(app: App, query: string): Promise<Row[]> {
  return (await app.store.client.query({ query, format: "JSONEachRow" })).json<Row>();
}

async function post(url: string, events: readonly string[]): Promise<void> {
  for (let i = 0; i < events.length; i += 5000) {
    const answer = await fetch(`${url}/v1/events`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/x-ndjson" },
      body: events.slice(i, i + 5000).join("\n"),
    });
    assert.equal(answer.status, 202, await answer.text());
  }
}

async function untilRecorded(app: App): Promise<void> {
  await until("every batch is recorded", async () => oldestWaitingAt(await app.ingestBuffer.depth()) === null, 120_000);
}
