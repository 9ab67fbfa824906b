import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { judgeReports } from "../../src/commands/judge-reports.js";
import { readConfig } from "../../src/config.js";
import { judgeCoverage } from "../../src/detect/judge-coverage.js";
import { pullReports, type PullDeps } from "../../src/pipeline/pull/pull-reports.js";
import type { Puller, Report } from "../../src/pull/define-puller.js";
import { PullProblem } from "../../src/pull/pull-problem.js";
import { Secret } from "../../src/secret.js";
import { SOUND } from "../helpers/fact-pages.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";

const [MINUTE, HOUR] = [60_000, 3_600_000];
const CREDENTIAL = "sk-admin-revoked-long-ago";
let checks = undefined as unknown as OpenChecks;
let isRefused = true;
before(async () => void (checks = await openChecks()));
after(() => checks.close());

const usage: Report = {
  name: "usage",
  origin: "https://provider.example",
  bucketMs: HOUR,
  settleMs: 5 * MINUTE,
  lookbackMs: 3 * HOUR,
  firstMs: 6 * HOUR,
  everyMs: 0,
  fetchPage: async () => {
    if (isRefused) throw new PullProblem("answered 401: invalid credential");
    return { buckets: [], next: null };
  },
};
const puller: Puller = { name: "openai", setting: "PLIMSOLL_OPENAI_ADMIN_KEY", reports: [usage] };

async function pull(): Promise<void> {
  const deps: PullDeps = {
    store: checks.store,
    pullers: [puller],
    credentialOf: () => new Secret(CREDENTIAL),
    hourDays: 30,
    patienceMs: 0,
    pause: async () => undefined,
    onPulled: () => undefined,
    onProblem: () => undefined,
  };
  await pullReports(deps, await checks.store.readClock());
}

/** What the watch and doctor make of it, so many ms from now by ClickHouse's clock. */
async function noticed(laterMs: number) {
  const unread = await checks.store.pull.readUnreadReports();
  const now = (await checks.store.readClock()) + laterMs;
  const config = readConfig({ PLIMSOLL_OPENAI_ADMIN_KEY: CREDENTIAL });
  const pulls = await checks.store.pull.readNewestPulls();
  return {
    // Since the first try it has been refused at every one since.
    paged: judgeCoverage(
      { ...SOUND, checks: null, unread: unread.map((one) => ({ ...one, lastAt: now - MINUTE })) },
      now,
    ).map(({ severity, summary }) => `${severity} ${summary}`),
    doctor: judgeReports([puller], config, { pulls, unread }, now).map(({ state, found }) => `${state} ${found}`),
    unread,
  };
}

test("a credential that never worked is paged after half an hour, like one that stopped working, and doctor says why", async () => {
  await pull();
  await pull();
  assert.deepEqual((await noticed(20 * MINUTE)).paged, []);
  const { paged, doctor, unread } = await noticed(31 * MINUTE);
  assert.match(
    paged.join(),
    /^error Blind to provider\/openai: usage never read for 31 minutes \(answered 401: invalid credential\)/,
  );
  assert.deepEqual(doctor, ["warn never read: usage (answered 401: invalid credential)"]);
  assert.deepEqual([unread.length, unread[0]?.wasRead], [1, false]);
  assert.ok(!JSON.stringify([paged, doctor, unread]).includes(CREDENTIAL));
  isRefused = false;
  await pull();
  const { paged: none, doctor: well, unread: left } = await noticed(31 * MINUTE);
  assert.deepEqual([none, left], [[], []]);
  assert.match(well.join(), /^ok last read completely/);
});

test("one that stops working soon after it first worked is noticed, too, before it was heard often enough to fall silent", async () => {
  isRefused = true;
  await pull();
  const { paged, unread } = await noticed(31 * MINUTE);
  assert.match(paged.join(), /^error Blind to provider\/openai: usage not read for 31 minutes/);
  assert.equal(unread[0]?.wasRead, true);
});
