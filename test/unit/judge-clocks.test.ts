import assert from "node:assert/strict";
import { test } from "node:test";
import { printSubject } from "../../src/model/finding/finding-subject.js";
import { judgeClocks, type ClockFacts } from "../../src/detect/judge-clocks.js";
import { judgeSchedule, type KnownSchedule } from "../../src/queue/judge-schedule.js";
import { HOUR, MINUTE, T } from "../helpers/incident-parts.js";

const RIGHT: ClockFacts = { apartMs: 0, skewed: [], checksUntil: null, sources: [] };

test("a wrong clock is a coverage problem wherever it shows: in a server, a process, a cursor, a heartbeat", () => {
  const table: [what: string, facts: Partial<ClockFacts>, subjects: string[]][] = [
    ["all are right", {}, []],
    ["servers differ by what is tolerated", { apartMs: -30_000 }, []],
    ["servers differ", { apartMs: 31_000 }, ["error clock/servers"]],
    [
      "a worker is fast",
      { skewed: [{ name: "work on a", aheadMs: 2 * HOUR, since: T }] },
      ["error clock/work%20on%20a"],
    ],
    ["checks are done until now", { checksUntil: T }, []],
    ["checks are done until later", { checksUntil: T + 2 * HOUR }, ["error clock/checks"]],
    ["a sender is a minute fast", { sources: [{ source: "a", aheadMs: MINUTE }] }, []],
    [
      "a sender is as fast as is accepted",
      { sources: [{ source: "a", aheadMs: 9 * MINUTE }] },
      ["warning clock/source/a"],
    ],
    ["a source is heard until later", { sources: [{ source: "a", aheadMs: HOUR }] }, ["error clock/source/a"]],
  ];
  for (const [what, facts, subjects] of table) {
    const found = judgeClocks({ ...RIGHT, ...facts }, T);
    assert.deepEqual(
      found.map(({ severity, subject }) => `${severity} ${printSubject(subject)}`),
      subjects,
      what,
    );
  }
});

test("a schedule is right whose next run is within a period, or overdue with its job; every other is told", () => {
  const known = (inMs: number, changed: Partial<KnownSchedule> = {}): KnownSchedule => ({
    pattern: "*/10 * * * * *",
    tz: "UTC",
    nextAt: T + inMs,
    hasJob: true,
    ...changed,
  });
  const daily = { pattern: "0 30 6 * * *" };
  const table: [KnownSchedule | null, string, ReturnType<typeof judgeSchedule>][] = [
    [null, "*/10 * * * * *", "absent"],
    [known(10_000), "*/10 * * * * *", "right"],
    [known(39_000), "*/10 * * * * *", "right"],
    [known(41_000), "*/10 * * * * *", "too_far"],
    [known(2 * HOUR), "*/10 * * * * *", "too_far"],
    [known(-5 * MINUTE), "*/10 * * * * *", "right"],
    [known(-5 * MINUTE, { hasJob: false }), "*/10 * * * * *", "broken"],
    [known(-1000, { hasJob: false }), "*/10 * * * * *", "right"],
    [known(1000), "*/15 * * * * *", "changed"],
    [known(1000, { tz: undefined }), "*/10 * * * * *", "changed"],
    [known(24 * HOUR, daily), daily.pattern, "right"],
    [known(25 * HOUR, daily), daily.pattern, "too_far"],
  ];
  for (const [schedule, pattern, state] of table)
    assert.equal(judgeSchedule(schedule, pattern, T), state, `${pattern} ${JSON.stringify(schedule)}`);
});
