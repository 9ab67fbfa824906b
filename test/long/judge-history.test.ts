import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { historyRules, parseHistory } from "../../src/pipeline/replay/parse-history.js";
import { parseNetworks } from "../../src/model/network/network-table.js";
import { judgeHistory } from "../../src/pipeline/check/judge-history.js";
import { learnBaselines } from "../../src/pipeline/learn/learn-baselines.js";
import { insertHistory } from "../../src/store/replay/history.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { runCli } from "../helpers/run-cli.js";
import { END, T0, TaughtFleet, THEFT_AT } from "../helpers/taught-fleet.js";

const [HOUR, DAY] = [3_600_000, 86_400_000];
let checks = undefined as unknown as OpenChecks;
const fleet = new TaughtFleet();

before(async () => {
  checks = await openChecks();
  const hosting = fleet.network("hosting");
  for (const name of ["a", "b", "c", "d"]) fleet.use(name, fleet.network("cloud"), T0, END, 10);
  fleet.steal("a", hosting, 120);
  const rules = historyRules([], [], parseNetworks(fleet.networks.join("\n")).table);
  const { rows } = parseHistory(Buffer.from(`${fleet.lines.join("\n")}\n`), rules);
  await insertHistory(
    checks.store.client,
    (async function* () {
      yield rows;
    })(),
  );
});
after(() => checks.close());

const liveUntil = async (tick: number) =>
  checks.store.check.insertCheckRuns([
    {
      job: "check-keys",
      tick,
      asOf: await checks.store.readClock(),
      reason: "live",
      outcome: "evaluated",
      detail: "",
      events: 0,
      version: 0,
      keys: 0,
      findings: 0,
      baselineDay: null,
      durationMs: 1,
    },
  ]);
const pagesSent = async () =>
  checks.ask<{ severity: string; n: number }>(
    "SELECT severity, toUInt32(count()) AS n FROM pages GROUP BY severity ORDER BY severity",
  );
const incidents = async () =>
  checks.ask<{ key_id: string; severity: string }>("SELECT key_id, severity FROM incidents WHERE cause = 'leak'");

test("history that nothing was learned from is judged as such, and named", async () => {
  const wish = { from: THEFT_AT - HOUR, to: THEFT_AT - HOUR + 120_000, mayPage: false };
  const report = await judgeHistory(checks.deps, wish, END + DAY);
  assert.deepEqual(report, {
    minutes: 2,
    findings: 0,
    days_without_baseline: [new Date(THEFT_AT).toISOString().slice(0, 10)],
  });
});

test("loaded history is judged by hand as notices, wakes somebody only with --page, and moves no live cursor", async () => {
  await learnBaselines(checks.deps, END, END);
  await liveUntil(END + DAY);
  const wish = { from: THEFT_AT - HOUR, to: END, mayPage: false };
  const report = await judgeHistory(checks.deps, wish, END + 2 * DAY);
  assert.deepEqual([report.minutes, report.days_without_baseline], [120, []]);
  assert.ok(report.findings > 0, "the theft is found");
  assert.deepEqual(await incidents(), [{ key_id: "a", severity: "warning" }]);
  const notices = await pagesSent();
  assert.deepEqual(
    notices.map(({ severity }) => severity),
    ["warning"],
  );
  assert.equal(await checks.store.check.readCheckCursor(), END + DAY);

  await judgeHistory(checks.deps, wish, END + 2 * DAY);
  assert.deepEqual(await pagesSent(), notices, "the same span again tells nothing twice");

  await judgeHistory(checks.deps, { ...wish, mayPage: true }, END + 2 * DAY);
  const [incident, ...others] = await incidents();
  assert.deepEqual([incident?.key_id, others.length], ["a", 0]);
  assert.ok(["critical", "error"].includes(incident?.severity ?? ""), incident?.severity);
});

test("minutes that live checks have still to judge are left to them", async () => {
  const { minutes } = await judgeHistory(
    checks.deps,
    { from: END + DAY - HOUR, to: Infinity, mayPage: false },
    END + 3 * DAY,
  );
  assert.equal(minutes, 60);
});

test("options of history are refused where they do not belong, by name", async () => {
  const env = { CLICKHOUSE_URL: checks.url, REDIS_URL: "redis://127.0.0.1:9" };
  for (const [args, message] of [
    [["learn-baselines", "--from", "2026-03-01"], /--from is an option of check-keys only/],
    [["check-keys", "--page"], /--to and --page need --from/],
    [["check-keys", "--from", "2026-03-02", "--to", "2026-03-01"], /--from must be before --to/],
    [["check-keys", "--from", "yesterday"], /2026-03-08T02:00:00Z/],
    [["check-keys", "--from", "2026-03-02", "--at", "2026-03-02T00:00:00Z"], /cannot be given together/],
  ] as const) {
    const { code, stderr } = await runCli(["run", ...args], env);
    assert.match(stderr, message);
    assert.equal(code, 2, stderr);
  }
});
