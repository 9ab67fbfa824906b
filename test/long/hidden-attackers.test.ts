import assert from "node:assert/strict";
import { before, test } from "node:test";
import { playFleet, type BacktestLine } from "../helpers/play-fleet.js";
import { END, T0, TaughtFleet, THEFT_AT } from "../helpers/taught-fleet.js";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
/** What a request of a holder costs, so that 480 an hour are two dollars. */
const CENTS = 0.004167;

const fleet = new TaughtFleet();
/** Since when keys are used that have a past of three weeks. */
const LONG_AGO = T0 - 14 * DAY;
/** A key of a team of its own that is used all the time, and an attacker of whom the gateway says `more`. */
function robbed(keyId: string, more: object, attacker: string | null = fleet.network("hosting")): void {
  fleet.register(keyId, { valid_from: new Date(LONG_AGO).toISOString() });
  fleet.use(keyId, fleet.network("cloud"), LONG_AGO, END, 8, CENTS);
  fleet.steal(keyId, attacker, 60, more);
}
robbed("hung up on", { status: 499, cost_usd: 30 });
robbed("failed at a cost", { status: 500, cost_usd: 30 });
robbed("refused at a cost", { status: 429, cost_usd: 30 });
robbed("hung up on, and free", { status: 499 });
for (const status of [401, 403, 404, 429, 500]) robbed(`nothing but ${status}`, { status });
// What comes from no address, absent or unreadable, to keys that had addresses for two weeks, costs what their own requests cost.
for (const [keyId, attacker] of [
  ["from nowhere", null],
  ["from a socket", "unix:"],
] as const) {
  fleet.register(keyId, { valid_from: new Date(T0 - 7 * DAY).toISOString() });
  fleet.use(keyId, fleet.network("cloud"), T0 - 7 * DAY, END, 18, CENTS);
  fleet.steal(keyId, attacker, 70, { cost_usd: 70 * CENTS });
}
// What is free, or said to be, at rates under twice the holder's own: served, moved on, hung up on, or with no address that can be read.
const FREE: Readonly<Record<string, readonly [more: object, address: (attacker: string) => string]>> = {
  "served for nothing": [{ cost_usd: 0 }, String],
  "moved on for nothing": [{ status: 302, cost_usd: 0 }, String],
  "hung up on for nothing": [{ status: 499, cost_usd: 0 }, String],
};
const UNREADABLE: typeof FREE = {
  "behind a list of addresses": [{ cost_usd: 0 }, (attacker) => `${attacker}, 10.1.2.3`],
  "behind a garbled address": [{ cost_usd: 0 }, (attacker) => `<${attacker}`],
};
for (const [keyId, [more, address]] of Object.entries({ ...FREE, ...UNREADABLE })) {
  fleet.register(keyId);
  fleet.use(keyId, fleet.network("cloud"), T0 - 7 * DAY, END, 30, CENTS);
  fleet.steal(keyId, address(fleet.network("hosting")), 55, more);
}
fleet.register("never had any");
fleet.use("never had any", null, T0, END, 8, CENTS);

/** A gateway that loses the addresses of some of its requests at noon of the seventh day, and is mended three hours later. */
const blinded = new TaughtFleet();
const UNTIL = THEFT_AT + 3 * HOUR;
function blind(keyId: string, perMinute: number, lost: number, more: object = {}): void {
  const [own, later] = [blinded.network("cloud"), UNTIL + HOUR];
  blinded.register(keyId, { owner: "one team", ...more });
  blinded.use(keyId, own, T0, THEFT_AT, perMinute, CENTS);
  blinded.use(keyId, null, THEFT_AT, UNTIL, perMinute * lost, CENTS);
  if (lost < 1) blinded.use(keyId, own, THEFT_AT, UNTIL, perMinute * (1 - lost), CENTS);
  blinded.use(keyId, own, UNTIL, later, perMinute, CENTS);
}
for (const perMinute of [0.05, 0.5, 2, 4, 8, 18, 40]) blind(`all of ${perMinute}`, perMinute, 1);
for (const perMinute of [2, 8, 18]) blind(`half of ${perMinute}`, perMinute, 0.5);
blind("where networks are allowed", 8, 1, { allowed_cidrs: ["45.0.0.0/8"] });

let [lines, blindLines]: (readonly BacktestLine[])[] = [[], []];
before(async () => {
  lines = await playFleet(fleet, { step: "30m", budget: "1" });
  blindLines = await playFleet(blinded, { step: "30m", budget: "1" });
});

const ofKey = (keyId: string) => lines!.filter(({ key_id, action }) => key_id === keyId && action === "trigger");
/** Minutes from the theft to the first page of a key. */
function pagedAfter(keyId: string): number {
  const page = ofKey(keyId).find(({ severity }) => severity === "error" || severity === "critical");
  return page === undefined ? Infinity : (Date.parse(page.at) - THEFT_AT) / MINUTE;
}
const late = (keyIds: readonly string[]) =>
  keyIds.map((keyId) => [keyId, pagedAfter(keyId)]).filter(([, waited]) => !(Number(waited) <= 60));

test("an attacker whose requests all end in 499, or fail but cost, is paged within the hour", () => {
  assert.deepEqual(late(["hung up on", "failed at a cost", "refused at a cost", "hung up on, and free"]), []);
});

test("an attacker of a priced key whose requests cost nothing is paged within the hour, at less than twice its own rate", () => {
  assert.deepEqual(late(Object.keys(FREE)), []);
});

test("an attacker without a readable address whose requests cost nothing, at less than twice the key's own rate, is a notice within half an hour", () => {
  for (const keyId of Object.keys(UNREADABLE)) {
    const [first] = ofKey(keyId);
    assert.ok(first !== undefined && Date.parse(first.at) <= THEFT_AT + 30 * MINUTE, keyId);
  }
});

test("what is refused or fails and costs nothing is no use of a key, from whatever network", () => {
  assert.deepEqual(
    lines!.filter(({ key_id }) => key_id.startsWith("nothing but")),
    [],
  );
});

test("an attacker without an address is paged within the hour on a key that always had addresses, and named so", () => {
  assert.deepEqual(late(["from nowhere", "from a socket"]), []);
  assert.match(ofKey("from nowhere")[0]!.summary, /requests without an address/);
  assert.deepEqual(ofKey("never had any"), []);
});

test("a gateway that loses the addresses of all its keys, or of half their requests, tells nobody of an attacker", () => {
  assert.deepEqual(
    blindLines!.filter(({ severity }) => severity !== "info"),
    [],
  );
});
