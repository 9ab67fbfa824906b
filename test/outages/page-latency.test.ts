import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { networksCsv } from "../../src/local/simulator/networks.js";
import { parseKey } from "../../src/model/key/parse-key.js";
import { recordKeys } from "../../src/pipeline/registry/record-keys.js";
import { runCli } from "../helpers/run-cli.js";
import { attackersFleet } from "../helpers/attackers-fleet.js";
import { until } from "../helpers/until.js";
import { startWholePlimsoll } from "../helpers/whole-plimsoll.js";

const [MINUTE, HOUR] = [60_000, 3_600_000];
const LEAKS = 40;
/** What most keys of a fleet do at once is a surge, and taken for expected. */
const KEYS = 160;
/** The longer the history, the sooner a page is sure: with three days of it one needs some ten minutes of an attacker. */
const HISTORY_HOURS = 240;
const LIVE_MINUTES = 14;

test("from the end of the minute in which a backtest finds each of 40 leaks to PagerDuty's 202 it takes at most a minute (p95)", async (t) => {
  const plan = Date.now();
  // The history is in, and learned, before the first leak begins.
  const start = Math.ceil((plan + 2.5 * MINUTE) / MINUTE) * MINUTE;
  const end = start + LIVE_MINUTES * MINUTE;
  const thefts = Array.from({ length: LEAKS }, (_, key) => {
    const from = start + (key % 8) * 15_000;
    return { key: key * 4, from, to: end, perMinute: 90, addresses: 1 };
  });
  const fleet = attackersFleet(12, KEYS, start - HISTORY_HOURS * HOUR, end, thefts);
  const plimsoll = await startWholePlimsoll(t, {
    networks: networksCsv(fleet.networks),
    // Ten days of history come within seconds.
    env: { PLIMSOLL_PAGE_BUDGET: "1", PLIMSOLL_TOKEN_EVENTS_PER_SECOND: "1000000" },
  });
  const parsed = fleet.keys.map((row) => parseKey(row, Date.now()));
  assert.ok(parsed.every((one) => "key" in one));
  await recordKeys(plimsoll.store, parsed);
  await plimsoll.startServe();
  await plimsoll.startWork();
  const lines = fleet.lines.toSorted((a, b) => a.at - b.at);
  let sent = 0;
  const sendUntil = async (now: number) => {
    for (;;) {
      const due = lines.slice(sent, sent + 5000).filter(({ at }) => at < now);
      if (due.length === 0) return;
      const answer = await plimsoll.post(due.map(({ text }) => text).join("\n"));
      assert.equal(answer.status, 202, answer.text);
      sent += due.length;
    }
  };
  await sendUntil(Date.now());
  t.diagnostic(
    `history in after ${((Date.now() - plan) / 1000).toFixed(0)} s, ${sent} events; leaks begin ${((start - Date.now()) / 1000).toFixed(0)} s later`,
  );
  while (Date.now() < end) {
    await sendUntil(Date.now());
    await pause(1000);
  }
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
  const delays = [...crossed].map(([key, at]) => ((paged.get(key) ?? Infinity) - at) / 1000).toSorted((a, b) => a - b);
  t.diagnostic(`${delays.length} leaks, seconds: ${delays.map((delay) => delay.toFixed(0)).join(" ")}`);
  assert.ok(delays.length >= 20, `${delays.length} leaks crossed the threshold`);
  assert.ok(delays[Math.ceil(delays.length * 0.95) - 1]! <= 60, `p95 ${delays[Math.ceil(delays.length * 0.95) - 1]} s`);

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
