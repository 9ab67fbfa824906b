import assert from "node:assert/strict";
import { test } from "node:test";
import { sumWeek } from "../../src/pipeline/view/sum-week.js";
import { DAY, HOUR, MINUTE } from "../helpers/incident-parts.js";

/** A Wednesday. */
const ONSET = Date.parse("2026-03-11T02:10:00Z");
const WEDNESDAY_2 = 50;

test("an hour of the week has its mean before the onset and its sum since then, and the hour of the onset is marked", () => {
  const hour = ONSET - 10 * MINUTE;
  const hours = [
    [hour - 14 * DAY, 4],
    [hour - 7 * DAY, 8],
    [hour, 100],
    [hour + HOUR, 7],
  ] as const;
  const week = sumWeek(hours, ONSET, ONSET + 90 * MINUTE);
  assert.equal(week.onset, WEDNESDAY_2);
  assert.deepEqual([week.usual[WEDNESDAY_2], week.since[WEDNESDAY_2]], [6, 100]);
  assert.deepEqual([week.usual[WEDNESDAY_2 + 1], week.since[WEDNESDAY_2 + 1]], [0, 7]);
  assert.equal(week.since[WEDNESDAY_2 + 2], null, "that hour is yet to come");
});

test("a key without a past has no usual hour, and one that was used for two days has none of the others", () => {
  const { usual } = sumWeek([], ONSET, ONSET + HOUR);
  assert.ok(usual.every((one) => one === null));
  const young = sumWeek([[ONSET - 2 * DAY - 10 * MINUTE, 5]], ONSET, ONSET + HOUR);
  assert.equal(young.usual.filter((one) => one !== null).length, 48);
});
