import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Finding } from "../../src/model/finding/finding.js";
import { summaryText } from "../../src/model/finding/headline.js";
import { checkSpan } from "../../src/pipeline/check/check-span.js";
import { learnBaselines } from "../../src/pipeline/learn/learn-baselines.js";
import { figuresOf } from "../helpers/incident-parts.js";
import { keyVersion } from "../helpers/key-version.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const KEYS = 40;
const START = Date.parse("2026-03-01T00:00:00Z");
const NOW = START + 12 * DAY + 6 * HOUR;
let checks = undefined as unknown as OpenChecks;

/**
 * Five requests a minute of each key from a host of its own, give or take a third that changes each three hours, times `factor`.
 */
async function insertUsual(from: number, to: number, factor = 1): Promise<void> {
  await insert(
    `concat('key_', toString(number % ${KEYS}))`,
    `intDiv(number, ${KEYS})`,
    `toIPv6(concat('::ffff:10.1.1.', toString(number % ${KEYS})))`,
    `toUInt32(round(${factor} * (0.65 + (cityHash64(key_id, intDiv(minute, 180)) % 71) / 100) * (4 + cityHash64(key_id, minute) % 3)))`,
    from,
    KEYS * ((to - from) / MINUTE),
  );
}

/** One request each tenth minute on each of so many keys from hosts in one network that nobody used before. */
async function insertAttacker(from: number, to: number, keys: number): Promise<void> {
  await insert(
    `concat('key_', toString(number % ${keys}))`,
    `intDiv(number, ${keys}) * 10`,
    "toIPv6(concat('::ffff:203.0.113.', toString(number % 3)))",
    "toUInt32(1)",
    from,
    keys * ((to - from) / (10 * MINUTE)),
    64_500,
  );
}

async function insert(key: string, minute: string, ip: string, count: string, from: number, rows: number, asn = 0) {
  await checks.store.client.command({
    query: `INSERT INTO requests (ts, key_id, observed_by, source_ip, asn, network_type, status, count, ingest_source, is_history)
      SELECT fromUnixTimestamp64Milli(toInt64(${from} + minute * ${MINUTE})) AS ts, key_id, 'gateway', ip, ${asn},
        '${asn === 0 ? "internal" : "hosting"}', 200, requests, 'gw', true
      FROM (SELECT ${minute} AS minute, ${key} AS key_id, ${ip} AS ip, ${count} AS requests FROM numbers(${rows}))`,
    clickhouse_settings: { max_partitions_per_insert_block: "1000" },
  });
}

const check = async (at: number) => {
  const hour = Math.ceil(at / HOUR) * HOUR - HOUR;
  return checkSpan(checks.deps, { hour, ticks: [at] }, await checks.store.readClock(), "rollups");
};

before(async () => {
  checks = await openChecks();
  const keys = Array.from({ length: KEYS }, (_, i) => keyVersion({ keyId: `key_${i}`, service: `s${i % 2}` }));
  await checks.store.registry.insertKeys(keys, "keys");
  await insertUsual(START, NOW);
  await learnBaselines(checks.deps, Date.now(), NOW);
});

after(() => checks.close());

test("a quiet fleet gives no finding, neither of its keys nor of its groups", async () => {
  assert.deepEqual((await check(NOW)).findings, []);
});

test("all keys together a third above themselves are news of the fleet, where no single key is", async () => {
  await insertUsual(NOW, NOW + 6 * HOUR, 1.35);
  const { findings } = await check(NOW + 6 * HOUR);
  assert.ok(findings.length > 0);
  const groups = findings.map((one) => figuresOf(one)["group"] as { kind: string; members: number } | undefined);
  assert.ok(
    groups.every((group) => group !== undefined),
    JSON.stringify(findings.map(({ findingId, score }) => [findingId, score])),
  );
  assert.ok(groups.some((group) => group?.kind === "fleet" && group.members === KEYS));
  assert.match(summaryText(findings[0]!), /together: [\d,]+ requests in the last .*, \d+ % above what is usual/);
});

test("an attacker who takes little from each of twenty keys is one finding that names them all, where no key alone is", async () => {
  const [from, to] = [NOW + 6 * HOUR, NOW + 8 * HOUR];
  await insertUsual(from, to);
  await insertAttacker(from, to, 20);
  const { findings } = await check(to);
  const shared = findings.filter(({ findingId }) => findingId.startsWith("leak/network/"));
  assert.deepEqual(
    findings.filter((one) => figuresOf(one)["group"] === undefined),
    shared,
  );
  assert.equal(shared.length, 1);
  const [finding] = shared;
  assert.ok(["error", "critical"].includes(finding!.severity), `${finding!.score}`);
  assert.equal((figuresOf(finding!)["keys"] as unknown[]).length, 20);
  assert.equal(finding!.onset, from);
  assert.match(summaryText(finding!), /20 keys \(key_.*and 17 more\) are used from 203\.0\.113\.0\/24/);
  const again = await checkSpan(checks.deps, { hour: to - HOUR, ticks: [to] }, finding!.asOf, "raw_rows");
  assert.equal(JSON.stringify(again.findings), JSON.stringify(findings));
});

test("a surge that all keys share pages none of them, and a leak inside it still pages", async () => {
  const [from, to] = [NOW + 30 * HOUR, NOW + 33 * HOUR];
  await insertUsual(NOW + 8 * HOUR, from);
  await insertUsual(from, to, 3);
  await learnBaselines(checks.deps, Date.now(), from);
  const quiet = await check(to);
  const ofKeys = (findings: readonly Finding[]) =>
    findings.filter((one) => figuresOf(one)["group"] === undefined && figuresOf(one)["network"] === undefined);
  assert.deepEqual(ofKeys(quiet.findings), []);
  await insert(
    "'key_7'",
    "number",
    "toIPv6('::ffff:198.51.100.7')",
    "toUInt32(80)",
    from,
    (to - from) / MINUTE,
    64_501,
  );
  const leaking = ofKeys((await check(to)).findings);
  assert.deepEqual(
    leaking.map(({ keyId, severity }) => [keyId, severity]),
    [["key_7", "critical"]],
  );
});

/** Five requests a minute on some keys, all from one address in a hosting network. */
async function insertFrom(
  address: string,
  asn: number,
  keys: readonly number[],
  from: number,
  minutes: number,
  each = 5,
) {
  const names = keys.map((key) => `'key_${key}'`).join();
  const key = `[${names}][number % ${keys.length} + 1]`;
  const minute = `intDiv(number, ${keys.length})`;
  await insert(key, minute, `toIPv6('::ffff:${address}')`, `toUInt32(${each})`, from, keys.length * minutes, asn);
}

test("keys that move together to a network that nobody used are no finding at any minute; an attacker who starts there just then is, and they are not named", async () => {
  const from = NOW + 33 * HOUR;
  const [moved, robbed] = [
    [10, 11, 12, 13],
    [20, 21, 22],
  ];
  await insertFrom("192.0.2.77", 64_502, moved, from, 60);
  const networksAt = async (minutes: number) =>
    (await check(from + minutes * MINUTE)).findings.flatMap((one) =>
      one.cause === "leak" && "network" in one.statistics
        ? [{ severity: one.severity, keys: one.statistics.keys.map(({ key_id }) => key_id).toSorted() }]
        : [],
    );
  for (const minutes of [1, 5, 10, 15, 20, 60]) assert.deepEqual(await networksAt(minutes), [], `${minutes}`);
  for (const key of robbed) await insertFrom(`10.1.1.${key}`, 0, [key], from, 60);
  await insertFrom("192.0.2.78", 64_502, robbed, from, 60, 1);
  const [found] = await networksAt(60);
  assert.deepEqual(
    found?.keys,
    robbed.map((key) => `key_${key}`),
  );
  assert.ok(["error", "critical"].includes(found?.severity ?? ""), found?.severity);
});
