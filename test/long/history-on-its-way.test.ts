import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { checkKeys } from "../../src/pipeline/check/check-keys.js";
import { CheckCache } from "../../src/pipeline/check/facts/check-cache.js";
import { checkSpan } from "../../src/pipeline/check/check-span.js";
import { expectIncident } from "../../src/pipeline/incident/expect-incident.js";
import { readOpenIncidents } from "../../src/pipeline/incident/read-incidents.js";
import { learnBaselines } from "../../src/pipeline/learn/learn-baselines.js";
import { figuresOf } from "../helpers/incident-parts.js";
import { keyVersion } from "../helpers/key-version.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
/** So that a person speaks minutes ago: a word counts for what was on file when it was given. */
const NOW = Math.floor(Date.now() / MINUTE) * MINUTE - 15 * MINUTE;
const START = NOW - 20 * DAY;
const [OFFICE, HOSTER, OTHER] = ["192.0.2.1", "203.0.113.9", "198.51.100.9"];
let checks = undefined as unknown as OpenChecks;

/** So many requests a minute of keys in [from, to) (epoch ms) from an address. */
async function use(keys: readonly string[], ip: string, asn: number, perMinute: number, from: number, to: number) {
  await checks.store.client.command({
    query: `INSERT INTO requests (ts, key_id, observed_by, source_ip, asn, network_type, status, count, ingest_source, is_history)
      SELECT fromUnixTimestamp64Milli(toInt64(${from} + number * 60000)), arrayJoin(['${keys.join("','")}']), 'gateway', toIPv6('::ffff:${ip}'), ${asn},
        'hosting', 200, ${perMinute}, 'gw', true
      FROM numbers(${Math.round((to - from) / MINUTE)})`,
    clickhouse_settings: { max_partitions_per_insert_block: "1000" },
  });
}

const ofKey = async (keyId: string) => checks.found.filter((one) => one.keyId === keyId);
const judged = async (tick: number) => {
  const hour = Math.ceil(tick / HOUR) * HOUR - HOUR;
  return (await checkSpan(checks.deps, { hour, ticks: [tick] }, await checks.store.readClock(), "rollups")).findings;
};

before(async () => {
  checks = await openChecks();
  await checks.store.registry.insertKeys(
    ["one", "two", "three", "moved in", "expected"].map((keyId) => keyVersion({ keyId, owner: "team" })),
    "keys",
  );
  await use(["one", "two", "three", "expected"], OFFICE, 64_500, 8, START, NOW + 10 * MINUTE);
  await learnBaselines(checks.deps, Date.now(), Math.floor(NOW / DAY) * DAY);
  // The last hours of what a key did for weeks, as live events overtake the history that is imported with them.
  await use(["moved in"], HOSTER, 64_666, 60, NOW - 5 * HOUR, NOW + 10 * MINUTE);
});

after(() => checks.close());

test("a key is not found for what is new in its first days while history is being recorded, and not once that says that it was always so", async () => {
  const found = (await judged(NOW)).find(({ keyId }) => keyId === "moved in");
  assert.equal(figuresOf(found!)["expert"], "first_days", "without its history the key seems new");
  const since = await checks.store.readClock();
  const waiting = { ...checks.deps, historySince: async () => since };
  assert.equal((await checkKeys(waiting, NOW + 45_000)).live, 10);
  assert.deepEqual(await ofKey("moved in"), []);
  await use(["moved in"], HOSTER, 64_666, 60, START, NOW - 5 * HOUR);
  assert.equal((await checkKeys(checks.deps, NOW + MINUTE + 45_000)).live, 1);
  assert.deepEqual(await ofKey("moved in"), []);
});

test("what is new in a key's first days is found though history waits for longer than a quarter of an hour", async () => {
  await checks.store.registry.insertKeys([keyVersion({ keyId: "robbed", owner: "team" })], "robbed");
  await use(["robbed"], OTHER, 64_700, 60, NOW - HOUR, NOW + 10 * MINUTE);
  const since = (await checks.store.readClock()) - 16 * MINUTE;
  const stuck = { ...checks.deps, historySince: async () => since };
  assert.equal((await checkKeys(stuck, NOW + 2 * MINUTE + 45_000)).live, 1);
  assert.notDeepEqual(await ofKey("robbed"), []);
});

test("where some history always waits a key is found for what is new in its first days all the same", async () => {
  await checks.store.registry.insertKeys([keyVersion({ keyId: "robbed later", owner: "team" })], "robbed later");
  await use(["robbed later"], OTHER, 64_700, 60, NOW - HOUR, NOW + 10 * MINUTE);
  const memory = new CheckCache();
  const now = await checks.store.readClock();
  // The one that waits is another each time.
  const always = (ago: number) => ({ ...checks.deps, memory, historySince: async () => now - ago });
  assert.equal((await checkKeys(always(14 * MINUTE), NOW + 3 * MINUTE + 45_000)).live, 1);
  assert.deepEqual(await ofKey("robbed later"), []);
  // As if two minutes had passed since.
  memory.historyWaitsSince! -= 2 * MINUTE;
  assert.equal((await checkKeys(always(0), NOW + 4 * MINUTE + 45_000)).live, 1);
  assert.notDeepEqual(await ofKey("robbed later"), []);
});

test("beside a network that people expect a finding blames, counts and costs the others alone, from the next minute on", async () => {
  await use(["expected"], HOSTER, 64_666, 30, NOW - HOUR, NOW + 10 * MINUTE);
  await checkKeys(checks.deps, NOW + 5 * MINUTE + 45_000);
  const incident = (await readOpenIncidents(checks.store)).find(({ keyId }) => keyId === "expected")!;
  const person = { actor: "ana", note: "the new host", verdict: null, eventId: null, url: null };
  const wish = { networks: [`${HOSTER}/32`], until: NOW + DAY };
  await use(["expected"], OTHER, 64_700, 6, NOW - 8 * MINUTE, NOW + 10 * MINUTE);
  const both = (await judged(NOW + 6 * MINUTE)).find(({ keyId }) => keyId === "expected")!;
  assert.deepEqual(figuresOf(both)["blamed_networks"], [`${OTHER}/32`, `${HOSTER}/32`]);
  await expectIncident({ ...checks.deps, store: checks.store }, incident, wish, person, NOW + 6 * MINUTE + 1000);
  const others = (await judged(NOW + 7 * MINUTE)).find(({ keyId }) => keyId === "expected")!;
  assert.deepEqual(figuresOf(others)["blamed_networks"], [`${OTHER}/32`]);
  assert.equal((figuresOf(others)["since_onset"] as { novel_requests: number }).novel_requests, 6 * 15);
  assert.equal(others.onset, NOW - 8 * MINUTE);
});
