import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Finding } from "../../src/model/finding/finding.js";
import { summaryText } from "../../src/model/finding/headline.js";
import { checkSpan, type CheckDeps, type ReadFrom } from "../../src/pipeline/check/check-span.js";
import { CheckCache } from "../../src/pipeline/check/facts/check-cache.js";
import { reachOf } from "../../src/pipeline/check/facts/reach.js";
import { spansByHour } from "../../src/time/ticks.js";
import { figuresOf } from "../helpers/incident-parts.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
/** Minutes of sources are not on file for ever. */
const TODAY = Math.floor(Date.now() / DAY) * DAY - DAY;
const START = TODAY - 14 * DAY;
const NOW = TODAY + 12 * HOUR;
let checks = undefined as unknown as OpenChecks;

/** One row a minute: so many requests each, of which callers miss one in 500, and `source` may be one of several. */
async function insertMinutes(
  key: string,
  observer: "gateway" | "caller",
  span: readonly [number, number],
  each: number,
  source: string = observer,
) {
  const [from, to] = span;
  const count =
    observer === "caller"
      ? `toUInt32(greatest(0, ${each} - toInt32(cityHash64('${key}', number) % 500 < ${each})))`
      : `${each}`;
  await checks.store.client.command({
    query: `INSERT INTO requests (ts, key_id, observed_by, source_ip, asn, network_type, route, status, count, spend_micros, user_agent, ingest_source, is_history)
      SELECT fromUnixTimestamp64Milli(toInt64(${from} + number * ${MINUTE} + 1000)), '${key}', '${observer}', toIPv6('::ffff:192.0.2.1'), 64500, 'cloud', '/v1', 200,
        ${count} AS requests, ${observer === "gateway" ? "requests * 1000" : "0"}, 'sdk/1', '${source}', true
      FROM numbers(${(to - from) / MINUTE})`,
    clickhouse_settings: { max_partitions_per_insert_block: "1000" },
  });
}

const deps = (): CheckDeps => ({ ...checks.deps, memory: new CheckCache() });
const reconciled = (all: readonly Finding[]) =>
  all.filter(({ signals }) => signals.some(({ name }) => name === "reconciliation"));
const spanAt = (tick: number) => ({ hour: Math.ceil(tick / HOUR) * HOUR - HOUR, ticks: [tick] });

async function judge(tick: number, from: ReadFrom = "rollups", own = deps()): Promise<Finding[]> {
  const asOf = await checks.store.readClock();
  return reconciled((await checkSpan(own, spanAt(tick), asOf, from)).findings);
}

before(async () => {
  checks = await openChecks();
  for (const key of ["sound", "stolen", "half", "late"]) {
    await insertMinutes(key, "gateway", [START, NOW], 20);
    if (key !== "late") await insertMinutes(key, "caller", [START, NOW], 10, "billing");
    await insertMinutes(key, "caller", [START, key === "half" ? TODAY : NOW], 10, "shop");
  }
  // A caller of `late` that sends nothing for the last three hours, until it sends all of it.
  await insertMinutes("late", "caller", [START, NOW - 3 * HOUR], 10, "billing");
  // Somebody on the owner's host, with the owner's program.
  await insertMinutes("stolen", "gateway", [NOW - 5 * HOUR, NOW], 3);
  // Nobody counts what this key is used for.
  await insertMinutes("uncounted", "gateway", [START, NOW], 20);
});

after(() => checks.close());

test("requests that no caller made are told as a notice with since when, how many and at what cost, and nothing else is: not a caller that stops reporting", async () => {
  const [finding, ...others] = await judge(NOW);
  assert.deepEqual(
    others.map(({ keyId }) => keyId),
    [],
  );
  assert.equal(finding?.keyId, "stolen");
  assert.equal(finding.severity, "warning");
  assert.ok(Math.abs(finding.onset - (NOW - 5 * HOUR)) <= HOUR / 2, new Date(finding.onset).toISOString());
  const since = figuresOf(finding)["since_onset"] as { novel_requests: number; novel_spend_micros: number };
  // The last quarter of an hour is not judged yet.
  assert.ok(Math.abs(since.novel_requests / (285 * 3) - 1) < 0.1, JSON.stringify(since));
  assert.ok(Math.abs(since.novel_spend_micros / (285 * 3000) - 1) < 0.1, JSON.stringify(since));
  assert.match(
    summaryText(finding),
    /^stolen: the gateway served \d+ requests since \d\d:\d\d UTC that no caller reports, \$0\.\d\d; your callers usually miss 0\.\d+ %$/,
  );
});

test("raw rows as of the same instant give the same bytes, and hours that are judged together those of each alone", async () => {
  const asOf = await checks.store.readClock();
  const ticks = [2, 3, 4].flatMap((ago) => [0, 15, 30, 45].map((m) => NOW - ago * HOUR + (m + 15) * MINUTE));
  const together = deps();
  const spans = spansByHour(ticks);
  together.memory.reach = reachOf(spans, true);
  let told = 0;
  for (const span of spans) {
    const live = reconciled((await checkSpan(deps(), span, asOf, "rollups")).findings);
    const again = reconciled((await checkSpan(deps(), span, asOf, "raw_rows")).findings);
    const backtest = reconciled((await checkSpan(together, span, asOf, "rollups")).findings);
    assert.equal(JSON.stringify(again), JSON.stringify(live));
    assert.equal(JSON.stringify(backtest), JSON.stringify(live));
    for (const tick of span.ticks) {
      const alone = reconciled((await checkSpan(deps(), { ...span, ticks: [tick] }, asOf, "rollups")).findings);
      assert.equal(JSON.stringify(alone), JSON.stringify(live.filter((one) => one.tick === tick)));
    }
    told += live.length;
  }
  assert.ok(told > 0);
});

test("rows of callers that come late count from then on, and until then their minutes are left out", async () => {
  const asOf = await checks.store.readClock();
  await insertMinutes("late", "caller", [NOW - 3 * HOUR, NOW], 10, "billing");
  await insertMinutes("late", "gateway", [NOW - 3 * HOUR, NOW], 8);
  assert.deepEqual(
    (await judge(NOW)).map(({ keyId }) => keyId),
    ["late", "stolen"],
  );
  const then = await checkSpan(deps(), spanAt(NOW), asOf, "raw_rows");
  assert.deepEqual(
    reconciled(then.findings).map(({ keyId }) => keyId),
    ["stolen"],
  );
});

test("where no caller reports anything one question a quarter of an hour is all that is asked, and its answer is kept", async () => {
  const own = deps();
  const asked: string[] = [];
  const check = {
    ...checks.store.check,
    readKeysOfCallers: async () => {
      asked.push("keys");
      return [];
    },
    readCallersOfKeys: async () => assert.fail("asked for callers"),
    readComparedBlocks: async () => assert.fail("asked for blocks"),
  };
  const bare: CheckDeps = { ...own, store: { ...checks.store, check } };
  const asOf = await checks.store.readClock();
  bare.memory.reach = reachOf(spansByHour([NOW - HOUR, NOW]), true);
  for (const tick of [NOW - 14 * MINUTE, NOW - 15 * MINUTE, NOW, NOW - HOUR])
    assert.deepEqual(reconciled((await checkSpan(bare, spanAt(tick), asOf, "rollups")).findings), []);
  assert.deepEqual(asked, ["keys"]);
});
