import assert from "node:assert/strict";
import { before, test } from "node:test";
import { playFleet, type BacktestLine } from "../helpers/play-fleet.js";
import { END, T0, TaughtFleet, THEFT_AT } from "../helpers/taught-fleet.js";

const [MINUTE, DAY] = [60_000, 86_400_000];
/** What one false page a month is for forty keys. */
const BUDGET = "0.83";

const fleet = new TaughtFleet();
/** A key that is used from a cloud of its owner's, day and night, for three weeks. */
const used = (keyId: string, until = END) => {
  const home = fleet.network("cloud");
  fleet.register(keyId, { valid_from: new Date(T0 - 14 * DAY).toISOString() });
  fleet.use(keyId, home, T0 - 14 * DAY, until, 8);
  return home;
};
/** Refusals on so many foreign routes in turn, one after the other. */
const explore = (keyId: string, ip: string, at: number, requests: number, routes: number) => {
  for (let i = 0; i < requests; i += 1) {
    const ts = at + Math.floor((i * 12 * MINUTE) / requests);
    fleet.send({ ts, key_id: keyId, source_ip: ip, route: `/v9/foreign-${i % routes}`, status: 403 });
  }
};

fleet.steal("robbed at home", used("robbed at home"), 60, { user_agent: "Curl/8.5.0" });
fleet.steal("replaced", used("replaced", THEFT_AT), 8, { user_agent: "other-sdk/2" });
const rented = fleet.network("hosting");
used("explored");
explore("explored", rented, THEFT_AT, 72, 14);
explore("released too early", used("released too early"), THEFT_AT, 300, 3);
const tested = used("tested every night");
for (let day = 0; day < 7; day += 1) explore("tested every night", tested, THEFT_AT - day * DAY, 60, 20);
// All routes of a key that was revoked elsewhere refuse its callers.
const refused = used("refused its own", THEFT_AT);
for (let i = 0; i < 12; i += 1) {
  fleet.send({ ts: T0, key_id: "refused its own", source_ip: refused, route: `/v1/own-${i}` });
  fleet.steal("refused its own", refused, 2, { route: `/v1/own-${i}`, status: 401 });
}

let lines: readonly BacktestLine[] = [];

before(async () => {
  lines = await playFleet(fleet, { step: "5m", budget: BUDGET });
});

const pageOf = (keyId: string) =>
  lines.find((line) => line.key_id === keyId && line.action === "trigger" && line.severity !== "warning");
const minutesUntil = (line: BacktestLine | undefined) => (Date.parse(line?.at ?? "9999-01-01") - THEFT_AT) / MINUTE;

test("a thief on the owner's own host is at least a notice within the hour when his program is another, and is named by it", () => {
  const found = lines.find(({ key_id, dedup_key }) => key_id === "robbed at home" && dedup_key.includes("leak/robbed"));
  assert.ok(minutesUntil(found) <= 60, JSON.stringify(lines));
  assert.match(found!.summary, /by curl, new to this key, on top of its normal traffic/);
  assert.ok(found!.signals.some(({ name }) => name === "clients"));
});

test("a program that replaces another one is no theft", () => {
  assert.equal(pageOf("replaced"), undefined);
});

test("who explores what a key may do is paged within a quarter of an hour, with from where", () => {
  const page = pageOf("explored");
  assert.ok(minutesUntil(page) <= 15, JSON.stringify(lines));
  assert.match(page!.summary, /refused from 1 new address on 1[0-4] routes new to this key/);
  assert.equal(page!.signals[0]!.name, "refusals");
});

for (const keyId of ["released too early", "tested every night", "refused its own"]) {
  test(`what is refused tells of nobody where a key was ${keyId}`, () => {
    assert.equal(pageOf(keyId), undefined, JSON.stringify(pageOf(keyId)));
  });
}
