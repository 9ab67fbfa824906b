import type { CheckStore } from "../../src/store/check/check-store.js";
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { printSubject } from "../../src/model/finding/finding-subject.js";
import { checkSpan, type CheckDeps } from "../../src/pipeline/check/check-span.js";
import { learnBaselines } from "../../src/pipeline/learn/learn-baselines.js";
import { readUnjudged } from "../../src/pipeline/watch/read-unjudged.js";
import { CheckCache } from "../../src/pipeline/check/facts/check-cache.js";
import { judgeCoverage } from "../../src/detect/judge-coverage.js";
import { keyVersion } from "../helpers/key-version.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const NOW = Date.parse("2026-03-11T14:30:00Z");
const CAP = 3;
let checks = undefined as unknown as OpenChecks;

before(async () => {
  checks = await openChecks();
  await checks.store.registry.insertKeys(
    ["registered_0", "registered_1", "asleep"].map((keyId) => keyVersion({ keyId })),
    "registry",
  );
  for (const key of ["registered_0", "registered_1"]) await insert({ key });
  // Nobody registered these, and they differ in how much is served to them.
  for (const [i, key] of ["busy", "usual", "calm", "quiet", "rare"].entries())
    await insert({ key, count: 50 - 10 * i });
  for (const key of ["long_ago", "asleep"])
    await insert({ key, from: NOW - 70 * DAY, to: NOW - 69 * DAY, count: 1000 });
});

after(() => checks.close());

async function insert(of: {
  key: string;
  count?: number;
  status?: number;
  from?: number;
  to?: number;
  everyMinutes?: number;
}) {
  const { key, count = 5, status = 200, from = NOW - 3 * DAY, to = NOW, everyMinutes = 10 } = of;
  await checks.store.client.command({
    query: `INSERT INTO requests (ts, key_id, observed_by, source_ip, status, count, ingest_source, is_history)
            SELECT fromUnixTimestamp64Milli(toInt64(${from} + number * ${everyMinutes * MINUTE})), '${key}', 'gateway', toIPv6('::ffff:192.0.2.1'), ${status}, ${count}, 'gateway-eu', true
            FROM numbers(${Math.floor((to - from) / (everyMinutes * MINUTE))})`,
  });
}

/** Failed attempts: each with a key of its own, from one network, more of them than any key has requests. */
async function attack(keys: number, from = NOW - 2 * DAY) {
  await checks.store.client.command({
    query: `INSERT INTO requests (ts, key_id, observed_by, source_ip, asn, network_type, status, count, ingest_source)
            SELECT fromUnixTimestamp64Milli(toInt64(${from} + intDiv(number * ${NOW - from}, ${keys}))), concat('a_', toString(number)), 'gateway',
              toIPv6(IPv4NumToString(toUInt32(3000000000 + number))), 65001, 'hosting', 401, 100000, 'gateway-us' FROM numbers(${keys})`,
  });
}

const depsOf = (cap: number): CheckDeps => ({ ...checks.deps, memory: new CheckCache(), unregisteredKeys: cap });

/** Keys that a check of a tick judges: those whose usage it reads. */
async function judged(cap: number, at = NOW, from: "rollups" | "raw_rows" = "rollups") {
  const names = new Set<string>();
  const deps = depsOf(cap);
  const { store } = deps;
  const check: CheckStore = {
    ...store.check,
    readUsageSteps: async (...asked) => {
      const steps = await store.check.readUsageSteps(...asked);
      noted(steps.subjects);
      return steps;
    },
  };
  const noted = <Row extends { readonly keyId: string }>(rows: readonly Row[]): readonly Row[] => {
    for (const { keyId } of rows) names.add(keyId);
    return rows;
  };
  const hour = Math.ceil(at / HOUR) * HOUR - HOUR;
  await checkSpan({ ...deps, store: { ...store, check } }, { hour, ticks: [at] }, await store.readClock(), from);
  return [...names].toSorted();
}
const REGISTERED = ["registered_0", "registered_1"];
const learnedOn = async (day: string) =>
  (await checks.store.learn.readBaselines(day, Date.now() + DAY)).map(({ keyId }) => keyId).toSorted();

test("as long as there is room for the keys that nobody registered every key is judged, and none is missed in coverage", async () => {
  assert.deepEqual(await judged(5), ["busy", "calm", "quiet", "rare", ...REGISTERED, "usual"]);
  assert.equal(await readUnjudged(checks.store, 5, NOW), null);
});

test("beyond the cap registered keys and those that were served most are judged; failed attempts with thousands of made-up keys take nobody's place", async () => {
  await attack(2000);
  const expected = ["busy", "calm", ...REGISTERED, "usual"];
  assert.deepEqual(await judged(CAP), expected);
  assert.deepEqual(await judged(CAP, NOW, "raw_rows"), expected);
  assert.deepEqual(await judged(100), ["busy", "calm", "quiet", "rare", ...REGISTERED, "usual"]);
});

test("a key that nobody registered is judged from the hour after its first served requests on, whatever is made up beside it", async () => {
  await insert({ key: "newcomer", from: NOW - 10 * MINUTE, to: NOW, everyMinutes: 1, count: 100_000 });
  assert.ok(!(await judged(CAP)).includes("newcomer"));
  await insert({ key: "registered_0", from: NOW, to: NOW + HOUR });
  assert.ok((await judged(CAP, NOW + 31 * MINUTE)).includes("newcomer"));
});

test("learning takes the same keys, however many are made up, and leaves out those of them that nobody used for 60 days; a registered key stays", async () => {
  await learnBaselines({ ...checks.deps, unregisteredKeys: CAP }, Date.now(), NOW);
  assert.deepEqual(await learnedOn("2026-03-10"), ["asleep", "busy", "calm", ...REGISTERED, "usual"]);
});

test("coverage says in one finding how many keys are not judged, from which network and by whose report", async () => {
  const unjudged = await readUnjudged(checks.store, CAP, NOW);
  assert.ok(unjudged !== null && unjudged.keys > 900, JSON.stringify(unjudged));
  assert.equal(unjudged.networks[0]!.name, "AS65001 (hosting)");
  assert.equal(unjudged.sources[0]!.name, "gateway-us");
  const facts = {
    redisDownSince: null,
    awayShards: [],
    checks: null,
    unrecordedSince: null,
    sources: [],
    delivery: { waiting: 0, oldestAt: null, waitingProblem: "", failed: 0, problem: "" },
    canPage: true,
    copies: [],
    guards: [],
    unread: [],
    hasPager: true,
    unjudged,
    clocks: { apartMs: 0, skewed: [] },
    lost: [],
  };
  const [problem, ...others] = judgeCoverage(facts, NOW);
  assert.equal(others.length, 0);
  assert.deepEqual([printSubject(problem!.subject), problem!.severity], ["part/unregistered-keys", "warning"]);
  assert.match(
    problem!.summary,
    /^Not judged: [\d,]+ unregistered keys, .* 99 % from AS65001 \(hosting\), reported by gateway-us/,
  );
});

test("audits read what registered keys did, and a bounded number of others", async () => {
  await attackServices();
  const days = await checks.store.audit.readKeyDays(NOW);
  assert.deepEqual(
    days.map(({ keyId }) => keyId),
    ["asleep", ...REGISTERED],
  );
  assert.ok((await checks.store.audit.readServicesOfKeys(NOW)).length <= 1000 + REGISTERED.length);
  assert.ok((await checks.store.audit.readScopeUses(NOW)).every(({ keyId }) => REGISTERED.includes(keyId)));
});

async function attackServices() {
  await checks.store.client.command({
    query: `INSERT INTO requests (ts, key_id, observed_by, status, count, scope, service, ingest_source)
            SELECT fromUnixTimestamp64Milli(toInt64(${NOW - HOUR})), concat('b_', toString(number)), 'gateway', 200, 1, 'read', 'shop', 'gateway-us' FROM numbers(2000)`,
  });
}
