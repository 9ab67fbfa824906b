import assert from "node:assert/strict";
import { before, test } from "node:test";
import { playFleet, type BacktestLine } from "../helpers/play-fleet.js";
import { END, TaughtFleet, THEFT_AT } from "../helpers/taught-fleet.js";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const BORN = THEFT_AT - 6 * HOUR;
const LONG_AGO = THEFT_AT - 32 * DAY;
const since = (at: number) => new Date(at).toISOString();
/** What one false page a month is for forty keys. */
const BUDGET = "0.83";

const fleet = new TaughtFleet();
const office = fleet.network("cloud");
/** Other hosts of the office's /24, and other networks of its autonomous system. */
const desk = (n: number) => office.replace(/\d+$/, String(n));
const floor = (n: number) => office.replace(/\d+\.\d+$/, `${n}.9`);

// Three keys of a team, at work for twenty days, in an office and at a branch in another /16 of it.
for (let i = 0; i < 3; i += 1) {
  fleet.register(`veteran-${i}`, { owner: "team", valid_from: since(LONG_AGO), created_at: since(LONG_AGO) });
  fleet.use(`veteran-${i}`, desk(10 + i), THEFT_AT - 20 * DAY, END, 8);
}
const recruit = (keyId: string, ip: string, createdAt = BORN, perMinute = 8) => {
  fleet.register(keyId, { owner: "team", valid_from: since(createdAt), created_at: since(createdAt) });
  fleet.use(keyId, ip, BORN, END, perMinute);
};
recruit("recruit", desk(21));
recruit("busy recruit", desk(22), BORN, 60);
recruit("recruit upstairs", floor(33));
recruit("recruit of last month", desk(23), BORN - 30 * DAY);
recruit("robbed recruit", desk(24));
fleet.steal("robbed recruit", fleet.network("hosting"), 60);
recruit("robbed from an attacker's network", desk(25));
const blamed = fleet.network("hosting");
fleet.steal("robbed from an attacker's network", blamed, 60);
for (let at = THEFT_AT - 5 * DAY; at < THEFT_AT - 5 * DAY + 2 * HOUR; at += MINUTE) {
  fleet.send({ ts: at, key_id: "veteran-2", source_ip: blamed, count: 80 });
}
// Created a year ago and never used; and used for a day, before it slept for a month.
fleet.register("never used", {
  owner: "team",
  limit_per_minute: 100,
  valid_from: since(THEFT_AT - 365 * DAY),
  created_at: since(THEFT_AT - 365 * DAY),
});
fleet.steal("never used", fleet.network("hosting"), 80);
fleet.register("sleeper", { owner: "team", limit_per_minute: 100, valid_from: since(LONG_AGO) });
fleet.use("sleeper", desk(30), LONG_AGO, LONG_AGO + DAY, 8);
fleet.steal("sleeper", fleet.network("hosting"), 80);

let lines: readonly BacktestLine[] = [];

before(async () => {
  lines = await playFleet(fleet, { step: "30m", budget: BUDGET });
});

const pageOf = (keyId: string) =>
  lines.find(
    ({ key_id, action, severity, at }) =>
      key_id === keyId && action === "trigger" && severity !== "warning" && Date.parse(at) > THEFT_AT,
  );
/** Minutes from the theft to the first page of a key. */
const pagedAfter = (keyId: string) => (Date.parse(pageOf(keyId)?.at ?? "9999-01-01") - THEFT_AT) / MINUTE;

test("a key created a year ago, never used, that wakes at a steady 80 of 100 a minute from a hosting network pages within the hour", () => {
  assert.ok(pagedAfter("never used") <= 60, `${pagedAfter("never used")} minutes`);
});

test("a key that slept for a month and wakes so from a network that it never used pages within the hour", () => {
  assert.ok(pagedAfter("sleeper") <= 60, `${pagedAfter("sleeper")} minutes`);
});

test("a theft on a key's first day from a network that its owner never used pages within the hour, and says what it was compared with", () => {
  assert.ok(pagedAfter("robbed recruit") <= 60, `${pagedAfter("robbed recruit")} minutes`);
  assert.match(
    JSON.stringify(pageOf("robbed recruit")?.signals),
    /a hosting or VPN network never seen for this key or any other key of its owner/,
  );
});

test("what an attacker used of one key five days ago founds no other key of the owner", () => {
  assert.ok(pagedAfter("robbed from an attacker's network") <= 60);
});

test("a new key that starts in its owner's network is silent, busy or not, created ahead or not", () => {
  const quiet = new Set(["recruit", "busy recruit", "recruit upstairs", "recruit of last month"]);
  assert.deepEqual(
    lines.filter(({ key_id }) => quiet.has(key_id)),
    [],
  );
});
