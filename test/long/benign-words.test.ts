import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { IncidentVerdict } from "../../src/model/incident/incident.js";
import { checkSpan } from "../../src/pipeline/check/check-span.js";
import { actOnIncident } from "../../src/pipeline/incident/act-on-incident.js";
import { advanceIncidents } from "../../src/pipeline/incident/advance-incidents.js";
import { readOpenIncidents } from "../../src/pipeline/incident/read-incidents.js";
import { learnBaselines } from "../../src/pipeline/learn/learn-baselines.js";
import { figuresOf } from "../helpers/incident-parts.js";
import { keyVersion } from "../helpers/key-version.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const EVERY = 2 * MINUTE;
/** So that a person speaks minutes from now: a word counts for what was on file when it was given. Both ticks that it lies between are of one hour. */
const NEAR = Math.floor(Date.now() / EVERY) * EVERY - 40 * MINUTE;
const NOW = (NEAR + 45 * MINUTE) % HOUR === 0 ? NEAR - EVERY : NEAR;
const START = Math.floor(NOW / DAY) * DAY - 9 * DAY;
const FOUND = NOW + 40 * MINUTE;
/** Keys, and of each the address that nobody used before. */
const UNKNOWN: Readonly<Record<string, string>> = {
  ours: "203.0.113.9",
  stolen: "198.51.100.9",
  listed: "192.88.99.9",
};
const KEYS = Object.keys(UNKNOWN);
let checks = undefined as unknown as OpenChecks;

/** So many requests a minute of some keys in [from, to) (epoch ms), from an address and through a program. */
async function use(
  ip: string,
  asn: number,
  perMinute: number,
  from: number,
  to: number,
  client: string,
  keys: readonly string[] = KEYS,
) {
  await checks.store.client.command({
    query: `INSERT INTO requests (ts, key_id, observed_by, source_ip, asn, network_type, status, count, user_agent, ingest_source, is_history)
      SELECT fromUnixTimestamp64Milli(toInt64(${from} + number * ${EVERY})), arrayJoin(['${keys.join("','")}']), 'gateway', toIPv6('::ffff:${ip}'), ${asn},
        'hosting', 200, ${perMinute * (EVERY / MINUTE)}, '${client}', 'gw', true
      FROM numbers(${(to - from) / EVERY})`,
    clickhouse_settings: { max_partitions_per_insert_block: "1000" },
  });
}

/** Of whom the findings at an instant tell, key by key: the blocks that they blame. */
async function blamedAt(ticks: readonly number[], from: "rollups" | "raw_rows" = "rollups") {
  const hour = Math.ceil(ticks[0]! / HOUR) * HOUR - HOUR;
  const { findings } = await checkSpan(checks.deps, { hour, ticks }, await checks.store.readClock(), from);
  const blamed = findings.map((one) => [
    one.keyId,
    one.tick,
    ((figuresOf(one)["blamed_networks"] as string[] | null) ?? []).join(),
  ]);
  return { findings, blamed };
}

const say = async (keyId: string, verdict: IncidentVerdict, at: number) => {
  const open = (await readOpenIncidents(checks.store)).find((one) => one.keyId === keyId && one.cause === "leak");
  const person = { actor: "Ana", note: "the new batch host", verdict, eventId: null, url: null };
  const deps = { ...checks.deps, store: checks.store };
  assert.equal(await actOnIncident(deps, open!.incidentId, "resolve", person, at), "done");
};

before(async () => {
  checks = await openChecks();
  await checks.store.registry.insertKeys(
    KEYS.map((keyId) => keyVersion({ keyId, allowedCidrs: keyId === "listed" ? ["192.0.2.0/24"] : [] })),
    "keys",
  );
  await use("192.0.2.1", 64_500, 20, START, NOW + 2 * HOUR, "billing/2.1");
  await learnBaselines(checks.deps, Date.now(), NOW);
  for (const [i, keyId] of KEYS.entries()) {
    await use(UNKNOWN[keyId]!, 64_666 + i, 6, NOW, NOW + 2 * HOUR, "batch/1.0", [keyId]);
  }
  const { findings, blamed } = await blamedAt([FOUND]);
  assert.deepEqual(
    blamed.filter(([keyId]) => keyId !== "listed"),
    [
      ["ours", FOUND, "203.0.113.9/32"],
      ["stolen", FOUND, "198.51.100.9/32"],
    ],
  );
  await checks.store.check.insertFindings(findings);
  await advanceIncidents(checks.deps, findings, [FOUND]);
});

after(() => checks.close());

test("whom a person called benign is no news of that key from the next minute on; whom a person called a leak is, and each other key's", async () => {
  const at = FOUND + 5 * MINUTE + 20_000;
  await say("ours", "benign", at);
  await say("stolen", "leak", at);
  const keysAt = async (...ticks: number[]) =>
    (await blamedAt(ticks)).blamed.filter(([keyId]) => keyId !== "listed").map(([keyId, tick]) => [keyId, tick]);
  const [earlier, later] = [FOUND + 5 * MINUTE, FOUND + 6 * MINUTE];
  assert.deepEqual(await keysAt(earlier), [
    ["ours", earlier],
    ["stolen", earlier],
  ]);
  assert.deepEqual(await keysAt(later), [["stolen", later]]);
  // A span in which it was said is judged as its ticks alone are, also from raw rows.
  const span = await blamedAt([earlier, later]);
  assert.deepEqual(
    span.blamed.filter(([keyId]) => keyId === "ours"),
    [["ours", earlier, "203.0.113.9/32"]],
  );
  assert.deepEqual((await blamedAt([earlier, later], "raw_rows")).blamed, span.blamed);
});

test("beside whom a person called benign, an attacker from another network is found as before", async () => {
  await use("185.0.2.66", 64_777, 6, FOUND + 10 * MINUTE, NOW + 2 * HOUR, "batch/1.0", ["ours"]);
  const { blamed } = await blamedAt([NOW + 100 * MINUTE]);
  assert.deepEqual(
    blamed.filter(([keyId]) => keyId === "ours"),
    [["ours", NOW + 100 * MINUTE, "185.0.2.66/32"]],
  );
});

test("what is filed later about minutes before a person's word is not vouched for by it", async () => {
  await use("185.0.3.66", 64_778, 6, NOW, NOW + 2 * HOUR, "batch/1.0", ["ours"]);
  const { findings } = await blamedAt([FOUND + 4 * MINUTE]);
  const late = findings.filter(({ keyId }) => keyId === "ours");
  assert.ok(late.some((one) => ((figuresOf(one)["blamed_networks"] as string[]) ?? []).includes("185.0.3.66/32")));
  await checks.store.check.insertFindings(late);
  // As if it had been filed after the word, which was dated some minutes ahead.
  await checks.store.client.command({
    query: `ALTER TABLE finding_records UPDATE recorded_at = recorded_at + INTERVAL 1 HOUR WHERE finding_id IN {ids:Array(String)}`,
    query_params: { ids: late.map(({ findingId }) => findingId) },
    clickhouse_settings: { mutations_sync: "2" },
  });
  const { blamed } = await blamedAt([FOUND + 9 * MINUTE]);
  assert.deepEqual(
    blamed.filter(([keyId]) => keyId === "ours"),
    [["ours", FOUND + 9 * MINUTE, "185.0.3.66/32"]],
  );
});

test("a person's word does not widen the networks that the registry allows", async () => {
  await say("listed", "benign", FOUND + 7 * MINUTE);
  const { findings } = await blamedAt([FOUND + 8 * MINUTE]);
  assert.deepEqual(
    findings
      .filter(({ keyId }) => keyId === "listed")
      .map(({ cause }) => cause === "outside_allowed" || cause === "leak"),
    findings.filter(({ keyId }) => keyId === "listed").map(() => true),
  );
  assert.ok(findings.some(({ keyId }) => keyId === "listed"));
});
