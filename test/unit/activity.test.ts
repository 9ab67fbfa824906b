import assert from "node:assert/strict";
import { test } from "node:test";
import { activityOfUnexpected, activityOfBlamed, activityOfWindows } from "../../src/detect/activity.js";
import { costAtRisk } from "../../src/detect/at-risk.js";
import { findingDetails } from "../../src/page/compose/finding-details.js";
import { pageSummary } from "../../src/page/compose/page-summary.js";
import { finding, MINUTE, since, T } from "../helpers/incident-parts.js";
import { NO_EVIDENCE } from "../../src/page/evidence.js";

const minutes = (count: number, rateOf: (minute: number) => number) =>
  Array.from({ length: count }, (_, i) => rateOf(i));

test("who pauses for less than a quarter of an hour still goes on; after that the last request is named to the minute", () => {
  const ended = (ago: number) =>
    activityOfBlamed(
      "unknown",
      minutes(120, (i) => (i < 120 - ago ? 44 : 0)),
      T,
    );
  const text = (ago: number) => [ended(ago).is_going_on, ended(ago).last_at, ended(ago).per_minute];
  assert.deepEqual(text(0), [true, "2026-03-08T11:59:00.000Z", 44]);
  assert.deepEqual(text(14), [true, "2026-03-08T11:45:00.000Z", 2.9]);
  assert.deepEqual(text(15), [false, "2026-03-08T11:44:00.000Z", 0]);
  const duty = activityOfBlamed(
    "unknown",
    minutes(120, (i) => (i % 10 === 0 ? 30 : 0)),
    T,
  );
  assert.deepEqual([duty.is_going_on, duty.per_minute], [true, 2]);
});

test("a rise that nobody is blamed for is over when the key is back at what was expected, not when it is silent", () => {
  const usual = minutes(180, () => 20);
  const noise = (i: number) => 20 + ((i * 7) % 5) - 2;
  const over = activityOfUnexpected(
    minutes(180, (i) => (i < 100 ? 60 : noise(i))),
    usual,
    T,
  );
  assert.equal(over.is_going_on, false);
  assert.ok(Math.abs(Date.parse(over.last_at!) - (T - 81 * MINUTE)) <= 3 * MINUTE, over.last_at!);
  assert.equal(
    activityOfUnexpected(
      minutes(180, (i) => noise(i) + 40),
      usual,
      T,
    ).is_going_on,
    true,
  );
});

test("a rise that began a minute ago goes on", () => {
  for (const counts of [[42], [0, 42], [40, 45], [42, 40, 41]]) {
    const seen = activityOfUnexpected(
      counts,
      counts.map(() => 3),
      T,
    );
    assert.deepEqual([seen.is_going_on, seen.quiet_minutes], [true, 0], JSON.stringify(counts));
  }
});

test("where only windows are known, the longest that is empty says how long it is over", () => {
  assert.equal(activityOfWindows("unknown", [3, 9, 9, 9]).is_going_on, true);
  assert.deepEqual(
    [activityOfWindows("unknown", [0, 0, 50, 90]), activityOfWindows("unknown", [0, 7, 50, 90])].map(
      (one) => one.quiet_minutes,
    ),
    [60, 15],
  );
});

test("what has ended is paged with its last request and without a projection; what goes on with its pace and one", () => {
  const theft = (ago: number) => ({
    ...since(58.86),
    activity: activityOfBlamed(
      "unknown",
      minutes(120, (i) => (i < 120 - ago ? 44 : 0)),
      T,
    ),
    at_risk_micros: costAtRisk(58.86e6, T - 120 * MINUTE, T),
  });
  const said = (ago: number) => {
    const one = finding("critical", T, { onset: T - 120 * MINUTE, summary: "k: odd", statistics: theft(ago) });
    const details = findingDetails(one, new Map(), NO_EVIDENCE);
    return [pageSummary(one), details["still_going"], details["projected_cost"]];
  };
  assert.deepEqual(said(64), [
    "k: odd, from 10:00 to 10:55 UTC ($58.86)",
    "no: the last request from unknown sources was at 10:55 UTC (65 minutes before this check)",
    undefined,
  ]);
  assert.deepEqual(said(0), [
    "k: odd, since 10:00 UTC ($58.86)",
    "yes, as of 12:00 UTC: 44/min from unknown sources over the last 15 minutes",
    "$29.43 per hour above what is expected; $618.03 more by Mon 9 March 09:00 UTC",
  ]);
});
