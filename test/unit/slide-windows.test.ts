import assert from "node:assert/strict";
import { test } from "node:test";
import { array, assert as check, constantFrom, integer, property, record, tuple, type Arbitrary } from "fast-check";
import { slideNovelTraffic } from "../../src/baseline/slide-windows.js";
import { NOVELTY_LEVELS, type NoveltyRowLevel } from "../../src/model/finding/novelty.js";
import { perWindow, SLOT_MS, WINDOW_MINUTES } from "../../src/model/finding/window.js";

const START = Date.parse("2026-03-08T00:00:00Z");
const DAY = 86_400_000;
const WEEK = 7 * DAY;

test("novel traffic in sliding windows is what a plain sum gives, and ends a week after the first sight", () => {
  const seenAt = tuple(integer({ min: -300, max: 300 }), constantFrom(-WEEK, -WEEK + DAY / 2, -DAY)).map(
    ([minutes, from]) => START + from + minutes * 60_000,
  );
  const aRow = record({
    level: constantFrom<NoveltyRowLevel>("asn_hosting", "net24", "ip", "unplaced"),
    seenAt,
    slot: integer({ min: 0, max: 575 }),
    requests: integer({ min: 1, max: 9 }),
    spendMicros: integer({ min: 0, max: 99 }),
  });
  type Row = typeof aRow extends Arbitrary<infer Drawn> ? Drawn : never;
  const slotsOf = ({ level, seenAt: since, slot, requests, spendMicros }: Row) => ({
    levels: [level],
    seenAt: [since],
    at: [slot],
    requests: [requests],
    spendMicros: [spendMicros],
    firstDays: null,
  });
  check(
    property(
      array(aRow, { maxLength: 60 }),
      array(integer({ min: 289, max: 576 }), { minLength: 5, maxLength: 20 }),
      (rows, ends) => {
        const at = slideNovelTraffic(rows.map(slotsOf), START, WEEK);
        for (const end of ends.toSorted((a, b) => a - b)) {
          const tick = START - DAY + end * SLOT_MS;
          const within = (level: NoveltyRowLevel, w: number) =>
            rows.filter(
              (row) =>
                row.level === level &&
                row.seenAt >= tick - WEEK &&
                row.slot < end &&
                row.slot >= end - WINDOW_MINUTES[w]! / 5,
            );
          const sum = (level: NoveltyRowLevel, of: (row: Row) => number) =>
            perWindow((w) => within(level, w).reduce((total, row) => total + of(row), 0));
          assert.deepEqual(at(end), {
            requests: NOVELTY_LEVELS.map((level) => sum(level, (row) => row.requests)),
            spendMicros: NOVELTY_LEVELS.map((level) => sum(level, (row) => row.spendMicros)),
            slots: NOVELTY_LEVELS.map((level) =>
              perWindow((w) => new Set(within(level, w).map((row) => row.slot)).size),
            ),
            unplacedRequests: sum("unplaced", (row) => row.requests),
            firstDays: null,
          });
        }
      },
    ),
    { numRuns: 60 },
  );
});
