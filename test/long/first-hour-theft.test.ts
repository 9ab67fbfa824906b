import assert from "node:assert/strict";
import { before, test } from "node:test";
import { playFleet, type BacktestLine } from "../helpers/play-fleet.js";
import { T0, TaughtFleet } from "../helpers/taught-fleet.js";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
/** A key is made for a team that has used others for twenty days, and is stolen twenty minutes after its first use, for good. */
const BORN = T0 + 20 * DAY + 9 * HOUR;
const STOLEN = BORN + 20 * MINUTE;
const END = BORN + 6 * DAY;
const STOLEN_PER_MINUTE = 30;

const fleet = new TaughtFleet();
const office = fleet.network("cloud");
const attacker = fleet.network("hosting");
const desk = (n: number) => office.replace(/\d+$/, String(n));
const since = (at: number) => new Date(at).toISOString();
for (let i = 0; i < 3; i += 1) {
  fleet.register(`veteran-${i}`, { owner: "team", valid_from: since(T0), created_at: since(T0) });
  fleet.use(`veteran-${i}`, desk(10 + i), T0, END, 8);
}
fleet.register("recruit", { owner: "team", limit_per_minute: 100, valid_from: since(BORN), created_at: since(BORN) });
fleet.use("recruit", desk(21), BORN, END, 20);
for (let at = STOLEN; at < END; at += MINUTE) {
  fleet.send({ ts: at, key_id: "recruit", source_ip: attacker, count: STOLEN_PER_MINUTE });
}

let lines: readonly BacktestLine[] = [];

before(async () => {
  lines = await playFleet(fleet, { step: "10m", budget: "0.83" });
});

test("a theft from a key's first hour is paged within the hour, since it began, with the attacker's requests and not the owner's", (t) => {
  for (const { at, action, key_id, severity, onset, summary } of lines) {
    t.diagnostic(`${at} ${action} ${key_id} ${severity} ${onset} ${summary}`);
  }
  assert.deepEqual([...new Set(lines.map(({ key_id }) => key_id))], ["recruit"]);
  const page = lines.find(({ action, severity }) => action === "trigger" && severity !== "warning");
  const at = Date.parse(page?.at ?? "9999-01-01");
  assert.ok(at - STOLEN <= HOUR, page?.at);
  assert.equal(page!.onset, since(STOLEN));
  const blamed = (STOLEN_PER_MINUTE * (at - STOLEN)) / MINUTE;
  assert.ok(
    page!.summary.startsWith(`recruit (team): ${blamed} requests from 1 new address, in the first 48 hours`),
    page!.summary,
  );
});

test("it stays found for as long as it goes on, when the key's first days are over as well", () => {
  const open = new Set<string>();
  let closedAt: string | null = null;
  for (const { at, action, dedup_key: name } of lines) {
    if (action === "trigger") open.add(name);
    else open.delete(name);
    // What follows an escalation ends the notification before it at the same instant.
    const isLast = lines.findLast((line) => line.at === at)?.dedup_key === name;
    if (open.size === 0 && isLast) closedAt ??= at;
  }
  assert.equal(closedAt, null);
});
