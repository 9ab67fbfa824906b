import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { summaryText } from "../../src/model/finding/headline.js";
import { checkSpan } from "../../src/pipeline/check/check-span.js";
import { figuresOf } from "../helpers/incident-parts.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";

const [HOUR, DAY] = [3_600_000, 86_400_000];
const START = Date.parse("2026-03-01T00:00:00Z");
const NOW = START + 14 * DAY + 9 * HOUR;
let checks = undefined as unknown as OpenChecks;

/** One row an hour of `key`: so many requests each, give or take a twentieth that changes each hour. */
async function insertHours(
  key: string,
  observer: string,
  from: number,
  to: number,
  each: number,
  status = 200,
): Promise<void> {
  await checks.store.client.command({
    query: `INSERT INTO requests (ts, key_id, observed_by, status, count, spend_micros, ingest_source, is_history)
      SELECT fromUnixTimestamp64Milli(toInt64(${from} + number * ${HOUR} + 60000)), '${key}', '${observer}', ${status},
        toUInt32(${each} * (95 + cityHash64('${observer}', number) % 11) / 100) AS requests, requests * ${status < 400 ? 1000 : 0}, '${observer}', true
      FROM numbers(${(to - from) / HOUR})`,
    clickhouse_settings: { max_partitions_per_insert_block: "1000" },
  });
}

const findings = async (tick: number) => {
  const span = { hour: Math.ceil(tick / HOUR) * HOUR - HOUR, ticks: [tick] };
  const checked = await checkSpan(checks.deps, span, await checks.store.readClock(), "rollups");
  const again = await checkSpan(checks.deps, span, await checks.store.readClock(), "raw_rows");
  const unaccounted = (all: typeof checked.findings) =>
    all.filter(({ signals }) => signals.some(({ name }) => name === "unaccounted"));
  assert.deepEqual(
    unaccounted(again.findings).map(({ findingId, score }) => [findingId, score]),
    unaccounted(checked.findings).map(({ findingId, score }) => [findingId, score]),
  );
  return unaccounted(checked.findings);
};

before(async () => {
  checks = await openChecks();
  for (const key of ["sound", "stolen", "covered"]) {
    await insertHours(key, "caller", START, NOW, 1000);
    // The provider counts retries that our side does not, and is five hours late.
    await insertHours(key, "provider", START, NOW - 5 * HOUR, 1080);
  }
  // Nobody here records what this key does: there is nothing to compare with.
  await insertHours("alone", "provider", START, NOW, 500);
});

after(() => checks.close());

test("the usual gap between a provider's count and ours, and its usual delay, are no finding", async () => {
  assert.deepEqual(await findings(NOW), []);
});

test("usage that a provider bills and nobody here made is a page with its size and its cost", async () => {
  await insertHours("stolen", "provider", NOW - 11 * HOUR, NOW - 5 * HOUR, 900);
  const [finding, ...others] = await findings(NOW);
  assert.deepEqual(others, []);
  assert.equal(finding?.keyId, "stolen");
  assert.ok(["error", "critical"].includes(finding.severity), `${finding.score}`);
  const since = figuresOf(finding)["since_onset"] as { novel_requests: number; novel_spend_micros: number };
  assert.ok(Math.abs(since.novel_requests / (6 * 900) - 1) < 0.15, JSON.stringify(since));
  assert.ok(Math.abs(since.novel_spend_micros / (6 * 900_000) - 1) < 0.15, JSON.stringify(since));
  assert.match(
    summaryText(finding),
    /^stolen: [\d,]+ requests that none of our own callers made \(\$[\d.]+\), in the 24 hours to/,
  );
});

test("refused requests account for nothing that a provider bills: an attacker who floods our side with them is found all the same", async () => {
  const [from, to] = [NOW - 11 * HOUR, NOW - 5 * HOUR];
  await insertHours("covered", "provider", from, to, 900);
  await insertHours("covered", "caller", from, to, 900, 401);
  const found = (await findings(NOW)).find(({ keyId }) => keyId === "covered");
  assert.ok(found !== undefined && ["error", "critical"].includes(found.severity), JSON.stringify(found?.score));
  assert.ok(Math.abs((figuresOf(found)["recorded_requests"] as number) / 24_000 - 1) < 0.05);
});

/** What a puller wrote of a key: `each` requests in every hour, as one more revision. */
async function reportHours(key: string, from: number, to: number, each: number, added: number, revision: number) {
  await checks.store.client.command({
    query: `INSERT INTO provider_reports (provider, report, hour, key_id, revision, requests, spend_micros, added_requests, added_spend_micros)
      SELECT 'openai', 'completions', toDateTime(${from / 1000} + number * 3600), '${key}', ${revision}, ${each}, ${each} * 1000, ${added}, ${added} * 1000
      FROM numbers(${(to - from) / HOUR})`,
  });
}

test("usage that a provider reported and took back again is unaccounted for no longer, and was as of then", async () => {
  const [from, to] = [NOW - 11 * HOUR, NOW - 5 * HOUR];
  await insertHours("credited", "caller", START, NOW, 1000);
  await reportHours("credited", START, NOW - 5 * HOUR, 1080, 1080, 1);
  assert.ok(!(await findings(NOW)).some(({ keyId }) => keyId === "credited"));
  await reportHours("credited", from, to, 1980, 900, 2);
  const asOf = await checks.store.readClock();
  assert.ok((await findings(NOW)).some(({ keyId }) => keyId === "credited"));
  await reportHours("credited", from, to, 1080, 0, 3);
  assert.ok(!(await findings(NOW)).some(({ keyId }) => keyId === "credited"));
  const then = await checkSpan(checks.deps, { hour: NOW - HOUR, ticks: [NOW] }, asOf, "raw_rows");
  assert.ok(then.findings.some(({ keyId }) => keyId === "credited"));
});
