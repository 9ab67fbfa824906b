import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { networksCsv } from "../../src/local/simulator/networks.js";
import { liveThefts, p95Seconds, secondsOf } from "../helpers/live-thefts.js";
import { runCli } from "../helpers/run-cli.js";
import { until } from "../helpers/until.js";

const [MINUTE, HOUR] = [60_000, 3_600_000];
const LEAKS = 40;
/** The longer the history, the sooner a page is sure: with three days of it one needs some ten minutes of an attacker. */
const HISTORY_HOURS = 240;
const LIVE_MINUTES = 14;

test("from the end of the minute in which a backtest finds each of 40 leaks to PagerDuty's 202 it takes at most a minute (p95)", async (t) => {
  const { plimsoll, fleet, lines, start } = await liveThefts(t, {
    thefts: LEAKS,
    historyHours: HISTORY_HOURS,
    learnMs: 2.5 * MINUTE,
    liveMinutes: LIVE_MINUTES,
    env: { PLIMSOLL_PAGE_BUDGET: "1" },
  });
  await until("every leak is paged", () => new Set(pagedAt().keys()).size >= LEAKS, 2 * MINUTE).catch(() => undefined);
  const files = { keys: "keys.json", networks: "networks.csv", events: "events.ndjson" };
  const file = (name: keyof typeof files) => join(plimsoll.dir, files[name]);
  writeFileSync(file("keys"), JSON.stringify(fleet.keys));
  writeFileSync(file("networks"), networksCsv(fleet.networks));
  writeFileSync(file("events"), lines.map(({ text }) => `${text}\n`).join(""));
  const args = ["--events", file("events"), "--keys", file("keys"), "--networks", file("networks"), "--budget", "1"];
  const backtest = await runCli(["backtest", ...args, "--from", new Date(start - HOUR).toISOString()], {
    CLICKHOUSE_URL: plimsoll.clickhouseUrl,
  });
  assert.equal(backtest.code, 0, backtest.stderr);
  const crossed = new Map<string, number>();
  for (const text of backtest.stdout.split("\n").filter((line) => line !== "")) {
    const line = JSON.parse(text) as { at: string; action: string; key_id: string; severity: string; cause: string };
    const isLeak =
      line.action === "trigger" && line.cause === "leak" && line.severity !== "warning" && !crossed.has(line.key_id);
    if (isLeak && fleet.stolen.includes(line.key_id)) crossed.set(line.key_id, Date.parse(line.at));
  }
  const paged = pagedAt();
  const delays = [...crossed].map(([key, at]) => (paged.get(key) ?? Infinity) - at);
  t.diagnostic(`${delays.length} leaks, seconds: ${secondsOf(delays)}`);
  assert.ok(delays.length >= 20, `${delays.length} leaks crossed the threshold`);
  assert.ok(p95Seconds(delays) <= 60, `p95 ${p95Seconds(delays)} s`);

  /** When PagerDuty accepted the first page on each key. */
  function pagedAt(): Map<string, number> {
    const first = new Map<string, number>();
    for (const { at, body, answered } of plimsoll.receiver.received) {
      const {
        source,
        severity,
        class: cause,
      } = (body?.payload ?? {}) as { source?: string; severity?: string; class?: string };
      const isPage = body?.event_action === "trigger" && answered === 202 && severity !== "warning" && cause === "leak";
      if (isPage && source !== undefined && !first.has(source)) first.set(source, at.getTime());
    }
    return first;
  }
});
