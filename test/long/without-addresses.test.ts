import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { summaryText } from "../../src/model/finding/headline.js";
import type { Finding } from "../../src/model/finding/finding.js";
import { checkSpan } from "../../src/pipeline/check/check-span.js";
import { learnBaselines } from "../../src/pipeline/learn/learn-baselines.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const START = Date.parse("2026-03-02T00:00:00Z");
const NOW = START + 12 * DAY + 10 * HOUR;
let checks = undefined as unknown as OpenChecks;

interface Rows {
  readonly key: string;
  readonly observer: "gateway" | "provider";
  readonly from: number;
  readonly hours: number;
  /** Rows an hour, and how far (ms) into the hour the first of them lies. */
  readonly perHour: number;
  readonly offset: number;
  /** SQL. */
  readonly count: string;
  readonly microsEach: number;
  readonly route: string;
  readonly address?: string;
}

async function insert(rows: Rows): Promise<void> {
  const { key, observer, from, hours, perHour, offset, count, microsEach, route, address = "::" } = rows;
  await checks.store.client.command({
    query: `INSERT INTO requests (ts, key_id, observed_by, source_ip, network_type, route, status, count, spend_micros, ingest_source, is_history)
      SELECT fromUnixTimestamp64Milli(toInt64(${from + offset} + intDiv(number * ${HOUR}, ${perHour}))) AS ts, '${key}', '${observer}',
        toIPv6('${address}'), '${address === "::" ? "unknown" : "internal"}', '${route}', 200, toUInt32(${count}) AS requests,
        requests * ${microsEach}, '${observer}', true
      FROM numbers(${hours * perHour})`,
    clickhouse_settings: { max_partitions_per_insert_block: "1000" },
  });
}

const A_FEW = "2 + cityHash64(number) % 7";
/** One row an hour, at its end, as providers report. */
const reports = {
  observer: "provider",
  perHour: 1,
  offset: HOUR - 1,
  microsEach: 20_000,
  route: "small-model",
} as const;
const requests = {
  observer: "gateway",
  perHour: 6,
  offset: 3 * MINUTE,
  microsEach: 20_000,
  route: "small-model",
} as const;

const check = async (at: number) => {
  const span = { hour: Math.ceil(at / HOUR) * HOUR - HOUR, ticks: [at] };
  const asOf = await checks.store.readClock();
  const checked = await checkSpan(checks.deps, span, asOf, "rollups");
  const again = await checkSpan(checks.deps, span, asOf, "raw_rows");
  assert.equal(JSON.stringify(again.findings), JSON.stringify(checked.findings));
  return { keys: checked.keysAt.get(at), findings: checked.findings };
};
const wakes = ({ severity }: Finding) => severity === "error" || severity === "critical";

before(async () => {
  checks = await openChecks();
  const until = { from: START, hours: (NOW - START) / HOUR };
  for (const key of ["billed", "calm"]) await insert({ ...reports, ...until, key, count: A_FEW });
  await insert({ ...requests, ...until, key: "blind", count: "1 + cityHash64(number) % 2" });
  // The provider reports this one too: our gateway's count is judged, and never both.
  await insert({ ...requests, ...until, key: "seen", count: "1", address: "::ffff:10.1.1.1" });
  await insert({ ...reports, ...until, key: "seen", count: "6" });
  await learnBaselines(checks.deps, Date.now(), NOW);
});

after(() => checks.close());

test("keys that only their provider reports are judged and quiet when they do what they always do; a key that a gateway sees as well is judged once", async () => {
  assert.deepEqual(await check(NOW), { keys: 4, findings: [] });
});

test("a dear model that only a provider's hourly report tells of is a page with that report, and says what for and how much", async () => {
  const [from, hours] = [NOW, 1];
  for (const key of ["billed", "calm"]) await insert({ ...reports, from, hours, key, count: "5" });
  const theft = { count: "80", microsEach: 1_375_000, route: "dear-model" };
  await insert({ ...reports, ...theft, from, hours, key: "billed" });
  const { findings } = await check(NOW + HOUR);
  assert.deepEqual(
    findings.map((one) => [one.keyId, one.observedBy, wakes(one)]),
    [["billed", "provider", true]],
    JSON.stringify(findings.map(({ keyId, score }) => [keyId, score])),
  );
  assert.match(summaryText(findings[0]!), /\$110\.\d\d/);
  assert.ok(findings[0]!.signals.length > 0);
});

test("a gateway's key without addresses pages within the hour by what it costs alone", async () => {
  const [from, hours] = [NOW, 1];
  await insert({ ...requests, from, hours, key: "blind", count: "1" });
  await insert({ ...requests, from, hours, key: "seen", count: "1", address: "::ffff:10.1.1.1" });
  await insert({ ...requests, from, hours, key: "blind", count: "14", microsEach: 1_375_000, route: "dear-model" });
  const { findings } = await check(NOW + HOUR);
  assert.deepEqual(
    findings.filter(({ keyId }) => keyId !== "billed").map((one) => [one.keyId, wakes(one)]),
    [["blind", true]],
    JSON.stringify(findings.map(({ keyId, score }) => [keyId, score])),
  );
});

test("a morning twice as busy as usual wakes nobody about a key without addresses", async () => {
  const [from, hours] = [NOW + DAY, 3];
  await insert({ ...requests, from: NOW + HOUR, hours: 23, key: "blind", count: "1 + cityHash64(number) % 2" });
  await insert({ ...reports, from: NOW + HOUR, hours: 23, key: "calm", count: A_FEW });
  await insert({ ...requests, from, hours, key: "blind", count: "3" });
  await insert({ ...reports, from, hours, key: "calm", count: "10" });
  const { findings } = await check(from + hours * HOUR);
  assert.deepEqual(
    findings.filter((one) => one.keyId === "calm" || (one.keyId === "blind" && one.onset > NOW + DAY)).filter(wakes),
    [],
  );
});
