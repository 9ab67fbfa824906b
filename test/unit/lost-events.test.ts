import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { printSubject } from "../../src/model/finding/finding-subject.js";
import { judgeLostEvents, lostEvents, type AcceptedEvents } from "../../src/detect/lost-events.js";
import { openAcceptedLedger } from "../../src/pipeline/ingest/accepted-ledger.js";
import type { AcceptedCount } from "../../src/store/ingest/event-counts.js";

const HOUR = 3_600_000;
const H = Date.UTC(2026, 2, 8, 2);
const accepted = (events: number, changed: Partial<AcceptedEvents> = {}): AcceptedEvents => ({
  hour: H,
  source: "gateway",
  process: "p1",
  events,
  countedAt: H + 1000,
  ...changed,
});

test("what is neither recorded nor waiting is lost, by source and hour, and one run hides no loss of another", () => {
  const one = accepted(10);
  const other = accepted(5, { process: "p2" });
  type Row = [string, AcceptedEvents[], number | null, AcceptedEvents[], number[]];
  const table: Row[] = [
    ["all recorded", [one], null, [one], []],
    ["some missing, nothing waits", [one], null, [accepted(7)], [3]],
    ["some missing, what waits is newer", [one], H + 1001, [accepted(7)], [3]],
    ["some missing, what waits is of the same instant", [one], H + 1000, [accepted(7)], []],
    ["all missing", [one], null, [], [10]],
    ["killed before it told all: more is recorded", [one], null, [accepted(12)], []],
    ["two runs, one of which told too little", [one, other], null, [accepted(14), accepted(3, { process: "p2" })], [2]],
    ["two runs lose", [one, other], null, [], [15]],
    [
      "two hours and sources",
      [one, accepted(1, { hour: H - HOUR }), accepted(2, { source: "b" })],
      null,
      [],
      [10, 1, 2],
    ],
  ];
  for (const [what, counts, oldest, recorded, expected] of table) {
    const lost = lostEvents(counts, oldest, recorded);
    assert.deepEqual(
      lost.map(({ events }) => events),
      expected,
      what,
    );
  }
});

test("a loss is critical, and says how many events of which source and hour", () => {
  const [problem] = judgeLostEvents([{ hour: H, source: "gateway eu", events: 12_345 }]);
  assert.deepEqual(
    [problem?.severity, printSubject(problem!.subject), problem?.summary],
    [
      "critical",
      "lost/gateway%20eu/2026-03-08T02",
      "Lost: 12,345 accepted events of gateway eu, received 2026-03-08 02:00 to 03:00 UTC, were never recorded",
    ],
  );
});

test("whenever ClickHouse is away, what is on file in the end is what was counted", async () => {
  const steps = fc.array(fc.tuple(fc.nat(2), fc.constantFrom("a", "b"), fc.integer({ min: 1, max: 50 }), fc.boolean()));
  await fc.assert(
    fc.asyncProperty(steps, async (drawn) => {
      const onFile = new Map<string, number>();
      const expected = new Map<string, number>();
      const nameOf = ({ hour, source }: Pick<AcceptedCount, "hour" | "source">) => `${hour} ${source}`;
      let isAway = false;
      const insert = async (counts: readonly AcceptedCount[]): Promise<void> => {
        if (isAway) throw new Error("away");
        for (const one of counts) onFile.set(nameOf(one), Math.max(one.events, onFile.get(nameOf(one)) ?? 0));
      };
      const ledger = openAcceptedLedger({ insert, everyMs: 1 });
      for (const [hour, source, events, away] of drawn) {
        isAway = away;
        const one = { hour: H + hour * HOUR, source, process: "p", events };
        ledger.add([one], H);
        expected.set(nameOf(one), events + (expected.get(nameOf(one)) ?? 0));
        await new Promise(setImmediate);
      }
      isAway = false;
      await ledger.close();
      assert.deepEqual(onFile, expected);
    }),
    { numRuns: 50 },
  );
});
