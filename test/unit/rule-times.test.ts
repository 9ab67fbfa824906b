import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Judgement, RuleVerdict } from "../../src/detect/rules/rule-verdict.js";
import { toldAt } from "../../src/pipeline/check/rules/rule-evaluation.js";
import { calendarStart, localSpan, weeksBefore } from "../../src/time/local-spans.js";

const MINUTE = 60_000;
const at = (text: string) => Date.parse(text);

describe("spans of local time", () => {
  it("begin at the local clock, also over midnight, and end with their last minute", () => {
    const spanAt = (until: string, between: string) => {
      const span = localSpan(at(until), between, "Europe/Berlin");
      return span === null ? null : [new Date(span.from).toISOString(), span.weekday];
    };
    assert.deepEqual(spanAt("2026-03-10T04:59:00Z", "00:00-06:00"), ["2026-03-09T23:00:00.000Z", "tue"]);
    assert.deepEqual(spanAt("2026-03-10T05:00:00Z", "00:00-06:00"), ["2026-03-09T23:00:00.000Z", "tue"]);
    assert.equal(spanAt("2026-03-10T05:01:00Z", "00:00-06:00"), null);
    assert.equal(spanAt("2026-03-09T23:00:00Z", "00:00-06:00"), null);
    assert.deepEqual(spanAt("2026-03-10T02:00:00Z", "22:00-06:00"), ["2026-03-09T21:00:00.000Z", "mon"]);
    assert.deepEqual(spanAt("2026-03-09T23:00:00Z", "18:00-24:00"), ["2026-03-09T17:00:00.000Z", "mon"]);
    assert.deepEqual(spanAt("2026-03-09T23:00:00Z", "18:00-00:00"), ["2026-03-09T17:00:00.000Z", "mon"]);
  });

  it("keep the local clock when the clock was changed between the weeks", () => {
    const now = localSpan(at("2026-04-01T02:30:00Z"), "00:00-06:00", "Europe/Berlin")!;
    const [before, ...others] = weeksBefore(now, 1, "Europe/Berlin");
    assert.deepEqual(others, []);
    assert.deepEqual(
      [now.from, now.to, before!.from, before!.to].map((one) => new Date(one).toISOString()),
      ["2026-03-31T22:00:00.000Z", "2026-04-01T02:30:00.000Z", "2026-03-24T23:00:00.000Z", "2026-03-25T03:30:00.000Z"],
    );
  });

  it("of the calendar belong to the period that a tick ends", () => {
    const starts = (until: string, zone: string) =>
      (["hour", "day", "month"] as const).map((per) =>
        new Date(calendarStart(at(until), per, zone)).toISOString().slice(0, 16),
      );
    assert.deepEqual(starts("2026-03-01T00:00:00Z", "UTC"), [
      "2026-02-28T23:00",
      "2026-02-28T00:00",
      "2026-02-01T00:00",
    ]);
    assert.deepEqual(starts("2026-03-01T00:01:00Z", "UTC"), [
      "2026-03-01T00:00",
      "2026-03-01T00:00",
      "2026-03-01T00:00",
    ]);
    assert.deepEqual(starts("2026-04-10T00:01:00Z", "Europe/Berlin"), [
      "2026-04-10T00:00",
      "2026-04-09T22:00",
      "2026-03-31T22:00",
    ]);
    assert.deepEqual(starts("2026-03-10T00:01:00Z", "Asia/Kolkata"), [
      "2026-03-09T23:30",
      "2026-03-09T18:30",
      "2026-02-28T18:30",
    ]);
  });
});

describe("a rule that holds", () => {
  const verdict = (severity: "error" | "critical"): Judgement => ({
    severity,
    score: 1,
    onset: 0,
    what: "",
    against: "",
    cause: "rule",
    statistics: { spend_micros: 1, bound_micros: 1 },
  });
  const of = { subject: { keyId: "k", observedBy: "gateway" }, rule: "r" } as const;
  const ticks = Array.from({ length: 180 }, (_, i) => (i + 1) * MINUTE);
  const tellAt = (judge: (minute: number) => Judgement, since = 0, periodOf?: (tick: number) => number) =>
    toldAt(of, ticks, (tick) => judge(tick / MINUTE), since, periodOf).told.map(({ tick }) => tick / MINUTE);

  it("is told where it begins, where it gets worse and at full hours, not every minute", () => {
    assert.deepEqual(
      tellAt((minute) => (minute >= 50 && minute < 130 ? verdict("error") : null)),
      [50, 60, 120],
    );
    assert.deepEqual(
      tellAt((minute) => (minute >= 50 ? verdict(minute >= 71 ? "critical" : "error") : null)),
      [50, 60, 71, 120, 180],
    );
    assert.deepEqual(
      tellAt((minute) => (minute % 60 === 10 || minute % 60 === 12 ? verdict("error") : null)),
      [10, 12, 70, 72, 130, 132],
    );
  });

  it("is written where it is told, and nowhere else", () => {
    const written: number[] = [];
    const open = (tick: number) => {
      const write = () => {
        written.push(tick / MINUTE);
        return verdict("error") as RuleVerdict;
      };
      return tick >= 50 * MINUTE ? { severity: "error" as const, write } : null;
    };
    const { told } = toldAt(of, ticks, open, 0);
    assert.deepEqual(written, [50, 60, 120, 180]);
    assert.deepEqual(told[0], { ...of, tick: 50 * MINUTE, verdict: verdict("error") });
    assert.equal(told.length, written.length);
  });

  it("begins anew when its version begins to count, and in each period of the calendar", () => {
    assert.deepEqual(
      toldAt(of, [91 * MINUTE, 92 * MINUTE], () => verdict("error"), 90.5 * MINUTE).told.map(
        ({ tick }) => tick / MINUTE,
      ),
      [91],
    );
    assert.deepEqual(
      tellAt(
        (minute) => (minute > 0 ? verdict("error") : null),
        0,
        (tick) => Math.floor((tick - 1) / (90 * MINUTE)) * 90 * MINUTE,
      ),
      [1, 60, 91, 120, 180],
    );
  });

  it("is not told where it cannot be evaluated; the reason is", () => {
    const { told, notEvaluated } = toldAt(of, ticks, () => ({ notEvaluated: "why" }), 0);
    assert.deepEqual([told, notEvaluated], [[], [{ keyId: "k", rule: "r", reason: "why" }]]);
  });
});
