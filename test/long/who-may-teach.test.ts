import assert from "node:assert/strict";
import { before, test } from "node:test";
import { playFleet, type BacktestLine } from "../helpers/play-fleet.js";
import { END, T0, TaughtFleet, THEFT_AT } from "../helpers/taught-fleet.js";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const at = (days: number) => T0 + days * DAY;
const since = (days: number) => new Date(at(days)).toISOString();

const fleet = new TaughtFleet();

/** A key that runs all the time, its attacker's network, and the attacker. */
function plain(keyId: string): string {
  const attacker = fleet.network("hosting");
  fleet.register(keyId);
  fleet.use(keyId, fleet.network("cloud"), T0, END, 8);
  fleet.steal(keyId, attacker, 60);
  return attacker;
}

plain("plain");
const primer = plain("primed");
for (let day = 0; day < 6; day += 1) {
  for (const [i, status] of [401, 403, 404, 429, 500].entries()) {
    for (const hour of [2, 14]) {
      fleet.send({ ts: at(day) + hour * HOUR + i * 61_000, key_id: "primed", source_ip: primer, status, count: 4 });
    }
  }
}

/** Keys that follow each other on given days, the last of which is stolen; each is registered as a successor `lateDays` after its first use. */
function rotation(name: string, days: readonly number[], lateDays = 0): void {
  const own = fleet.network("cloud");
  for (const [i, day] of days.entries()) {
    const keyId = `${name}-${i}`;
    fleet.use(keyId, own, at(day), i + 1 < days.length ? at(days[i + 1]!) : END, 8);
    fleet.register(keyId, { owner: name, valid_from: since(day) });
    if (i > 0)
      fleet.register(keyId, { owner: name, valid_from: since(day + lateDays + 0.001), replaces: `${name}-${i - 1}` });
  }
  fleet.steal(`${name}-${days.length - 1}`, fleet.network("hosting"), 60);
}
rotation("rotated", [0, 6]);
rotation("thrice", [0, 2, 4, 6]);
rotation("late", [0, 5], 1);

// Callers move from one key to the other within a day, some of them to a new host beside the old one.
const home = fleet.network("cloud");
const annex = home.replace(/\d+$/, "77");
const moved = (time: number) => Math.max(0, Math.min(1, (time - at(5)) / DAY));
fleet.register("moved-0", { owner: "moved" });
fleet.register("moved-1", { owner: "moved", valid_from: since(5), replaces: "moved-0" });
fleet.use("moved-0", home, T0, END, (time) => 8 * (1 - moved(time)));
fleet.use("moved-1", home, at(5), END, (time) => 6 * moved(time));
fleet.use("moved-1", annex, at(5), END, (time) => 2 * moved(time));

// Keys of a day: of an owner with an older key, in its network; and one that there is nothing to compare with.
const office = fleet.network("cloud");
fleet.register("veteran", { owner: "team", valid_from: since(-4) });
fleet.send({ ts: at(-4), key_id: "veteran", source_ip: office });
fleet.use("veteran", office, T0, END, 8);
for (const recruit of ["robbed recruit", "recruit"]) {
  fleet.register(recruit, { owner: "team", valid_from: since(5.5) });
  fleet.use(recruit, office.replace(/\d+$/, recruit === "recruit" ? "21" : "22"), at(5.5), END, 8);
}
fleet.steal("robbed recruit", fleet.network("hosting"), 60);
fleet.register("loner", { valid_from: since(5.5) });
fleet.use("loner", fleet.network("cloud"), at(5.5), END, 8);
fleet.steal("loner", fleet.network("hosting"), 60);

let lines: readonly BacktestLine[] = [];

before(async () => {
  lines = await playFleet(fleet, { step: "15m", budget: "1" });
});

/** Minutes from the theft to the first page of a key. */
function pagedAfter(keyId: string): number {
  const page = lines.find((line) => line.key_id === keyId && line.action === "trigger" && line.severity !== "warning");
  return page === undefined ? Infinity : (Date.parse(page.at) - THEFT_AT) / MINUTE;
}

test("days of refused and failed requests make no network familiar: the theft from it is paged as if it had come from nowhere", () => {
  assert.ok(pagedAfter("primed") <= 60, `${pagedAfter("primed")} minutes`);
  // Each has traffic of its own, and a check a quarter of an hour: one may cross the threshold a check before the other.
  assert.ok(pagedAfter("primed") <= pagedAfter("plain") + 15, `${pagedAfter("primed")} and ${pagedAfter("plain")}`);
});

test("a theft that begins 12 hours after a rotation is paged within the hour", () => {
  assert.ok(pagedAfter("rotated-1") <= 60, `${pagedAfter("rotated-1")} minutes`);
});

test("a key inherits through three rotations", () => {
  assert.ok(pagedAfter("thrice-3") <= 60, `${pagedAfter("thrice-3")} minutes`);
});

test("a key that the registry knows as a successor a day late inherits from then on", () => {
  assert.ok(pagedAfter("late-1") <= 60, `${pagedAfter("late-1")} minutes`);
});

test("a rotation whose callers move within a day tells nobody of anything", () => {
  assert.deepEqual(
    lines.filter(({ key_id }) => key_id.startsWith("moved")),
    [],
  );
});

test("what a new key meets in its first two days is judged where its owner has older keys that never met it, and forgiven where there are none", () => {
  const told = (keyId: string) => lines.filter(({ key_id, action }) => key_id === keyId && action === "trigger");
  const [notice] = told("robbed recruit");
  assert.ok(notice !== undefined && Date.parse(notice.at) <= THEFT_AT + HOUR, JSON.stringify(notice));
  assert.deepEqual([told("recruit"), told("veteran"), told("loner")], [[], [], []]);
});
