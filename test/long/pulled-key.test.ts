import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Finding } from "../../src/model/finding/finding.js";
import { checkSpan } from "../../src/pipeline/check/check-span.js";
import { learnBaselines } from "../../src/pipeline/learn/learn-baselines.js";
import { pullReports, type PullDeps } from "../../src/pipeline/pull/pull-reports.js";
import type { Report, ReportedUse } from "../../src/pull/define-puller.js";
import { Secret } from "../../src/secret.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const START = Date.parse("2026-03-02T00:00:00Z");
const NOW = START + 12 * DAY + 10 * HOUR;
const CENTS_2 = 20_000;
let [checks, deps] = [] as unknown as [OpenChecks, PullDeps];

/** A provider that reports requests and costs by the hour. */
const filed = new Map<number, ReportedUse[]>();
const report: Report = {
  name: "usage",
  origin: "https://provider.example",
  bucketMs: HOUR,
  settleMs: 5 * MINUTE,
  lookbackMs: 3 * HOUR,
  firstMs: 30 * DAY,
  everyMs: 0,
  fetchPage: async ({ from, to }) => ({
    buckets: [...filed]
      .filter(([hour]) => hour >= from && hour < to)
      .map(([hour, uses]) => ({ from: hour, to: hour + HOUR, uses, keyless: 0 })),
    next: null,
  }),
};

type Rate = (hour: number) => number;

function file(keyId: string, from: number, to: number, requestsAt: Rate, item = "small-model", microsEach = CENTS_2) {
  for (let hour = from; hour < to; hour += HOUR) {
    const requests = requestsAt(hour);
    const use = { keyId, item, requests, unitMillis: 0, spendMicros: requests * microsEach };
    filed.set(hour, [...(filed.get(hour) ?? []), use]);
  }
}

/** What a check finds at an instant, from roll-ups and from raw rows alike. */
async function check(at: number): Promise<readonly Finding[]> {
  const span = { hour: Math.ceil(at / HOUR) * HOUR - HOUR, ticks: [at] };
  const asOf = await checks.store.readClock();
  const checked = await checkSpan(checks.deps, span, asOf, "rollups");
  const again = await checkSpan(checks.deps, span, asOf, "raw_rows");
  assert.equal(JSON.stringify(again.findings), JSON.stringify(checked.findings));
  return checked.findings.filter(({ severity }) => severity === "error" || severity === "critical");
}

const aFew = (hour: number) => 2 + (((hour / HOUR) * 5) % 7);

before(async () => {
  checks = await openChecks();
  deps = {
    store: checks.store,
    pullers: [{ name: "provider", setting: "PLIMSOLL_OPENAI_ADMIN_KEY", reports: [report] }],
    credentialOf: () => new Secret("a-credential"),
    hourDays: 100_000,
    patienceMs: 0,
    pause: async () => undefined,
    onPulled: () => undefined,
    onProblem: (_, __, problem) => assert.fail(problem),
  };
  for (const key of ["key_calm", "key_stolen"]) file(key, START, NOW, aFew);
});

after(() => checks.close());

test("a key that only its provider sees has its past with the first pull, and a theft of it pages with what is pulled next", async () => {
  await pullReports(deps, NOW + 6 * MINUTE);
  await learnBaselines(checks.deps, Date.now(), NOW);
  assert.deepEqual(await check(NOW), []);
  file("key_calm", NOW, NOW + HOUR, aFew);
  file("key_stolen", NOW, NOW + HOUR, aFew);
  file("key_stolen", NOW, NOW + HOUR, () => 80, "dear-model", 1_375_000);
  await pullReports(deps, NOW + HOUR + 6 * MINUTE);
  assert.deepEqual(
    (await check(NOW + HOUR)).map(({ keyId, observedBy }) => [keyId, observedBy]),
    [["key_stolen", "provider"]],
  );
});
