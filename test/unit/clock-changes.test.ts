import assert from "node:assert/strict";
import { test } from "node:test";
import { assert as check, constantFrom, integer, property } from "fast-check";
import { judgeChange, type ObservedSpan } from "../../src/detect/rules/change.js";
import { ruleSchema, type RuleOf } from "../../src/model/key/rule.js";
import { calendarStart, localSpan, weeksBefore, type Span } from "../../src/time/local-spans.js";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
/** Four zones, one of which moves its clock by half an hour, with the instants of both changes of 2026. */
const ZONES = {
  "America/New_York": ["2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z"],
  "Europe/Berlin": ["2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"],
  "Australia/Lord_Howe": ["2026-10-03T15:30:00Z", "2026-04-04T15:00:00Z"],
  "America/Santiago": ["2026-09-06T04:00:00Z", "2026-04-05T03:00:00Z"],
} as const;

type Zone = keyof typeof ZONES;
const changes = (Object.keys(ZONES) as Zone[]).flatMap((zone) =>
  ZONES[zone].map((text) => ({ zone, change: Date.parse(text) })),
);
const clock = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
const ruleOf = (between: string, zone: string, percent: number) =>
  ruleSchema.parse({
    kind: "change",
    percent,
    between,
    time_zone: zone,
    weeks: 3,
    min_requests: 1,
  }) as RuleOf<"change">;

/** What the minutes of some spans held, by what each minute holds, as far as anything was there to be heard. */
function observed(spans: readonly Span[], requestsAt: (minute: number) => number): ObservedSpan {
  const minutes = spans.flatMap(({ from, to }) =>
    Array.from({ length: (to - from) / MINUTE }, (_, i) => from + i * MINUTE),
  );
  const requests = minutes.reduce((sum, minute) => sum + requestsAt(minute), 0);
  return {
    from: spans[0]!.from,
    to: spans.at(-1)!.to,
    requests,
    minutes: minutes.length,
    observedMinutes: minutes.length,
  };
}

function verdicts(until: number, between: string, zone: string, requestsAt: (minute: number) => number) {
  const now = localSpan(until, between, zone);
  if (now === null) return [];
  const past = [1, 2, 3].map((week) => weeksBefore(now, week, zone)).filter((pieces) => pieces.length > 0);
  const weeks = past.map((pieces) => observed(pieces, requestsAt));
  return [1, -1].map((percent) => judgeChange(ruleOf(between, zone, percent), observed([now], requestsAt), weeks));
}

test("steady traffic is no change at any minute of any hours around either change of the clock, nor in the weeks after it", () => {
  let judged = 0;
  check(
    property(
      constantFrom(...changes),
      integer({ min: 0, max: 95 }),
      integer({ min: 1, max: 95 }),
      integer({ min: -6 * 60, max: 6 * 60 }),
      integer({ min: 0, max: 3 }),
      ({ zone, change }, start, length, minutes, weeks) => {
        const between = `${clock(start * 15)}-${clock(((start + length) % 96) * 15)}`;
        for (const verdict of verdicts(change + weeks * 7 * DAY + minutes * MINUTE, between, zone, () => 10)) {
          assert.equal(verdict, null, `${zone} ${between}: ${JSON.stringify(verdict)}`);
          judged += 1;
        }
      },
    ),
    { numRuns: 120 },
  );
  assert.ok(judged > 60, `${judged}`);
});

test("a job that runs once an hour is no change in the hour that the clock shows twice, and one that fails there is", () => {
  const [zone, between] = ["America/New_York", "01:30-02:30"];
  const hourly = (minute: number) => (minute % HOUR === 31 * MINUTE ? 10 : 0);
  for (
    let until = Date.parse("2026-11-01T05:32:00Z");
    until <= Date.parse("2026-11-01T07:30:00Z");
    until += 3 * MINUTE
  ) {
    assert.deepEqual(verdicts(until, between, zone, hourly), [null, null], new Date(until).toISOString());
  }
  const failed = (minute: number) => (minute === Date.parse("2026-11-01T06:31:00Z") ? 0 : hourly(minute));
  const [, fell] = verdicts(Date.parse("2026-11-01T07:00:00Z"), between, zone, failed);
  assert.ok(fell !== null && fell !== undefined && "what" in fell, JSON.stringify(fell));
});

test("the hours, days and months that spend is counted in follow each other without gap or overlap, and no hour is longer than one", () => {
  for (const { zone, change } of changes) {
    for (const per of ["hour", "day", "month"] as const) {
      for (let until = change - 3 * HOUR; until <= change + 27 * HOUR; until += 15 * MINUTE) {
        const start = calendarStart(until, per, zone);
        const text = `${zone} ${per} ${new Date(until).toISOString()}`;
        assert.ok(start < until && calendarStart(start + MINUTE, per, zone) === start, text);
        if (per === "hour") assert.ok(until - start <= HOUR, text);
        if (per === "day") assert.ok(until - start <= 25 * HOUR, text);
      }
    }
  }
});
