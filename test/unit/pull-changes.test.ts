import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { findChanges } from "../../src/pipeline/pull/find-changes.js";
import { shareHours } from "../../src/pipeline/pull/share-hours.js";
import type { ReportedBucket } from "../../src/pull/define-puller.js";
import { bucketOf } from "../../src/pull/sum-uses.js";
import type { ReportedHour } from "../../src/store/pull/provider-reports.js";

const [HOUR, DAY] = [3_600_000, 86_400_000];
const START = Date.parse("2026-03-02T00:00:00Z");
const NOTHING = { requests: 0, unitMillis: 0, spendMicros: 0 };
const FIELDS = ["requests", "unitMillis", "spendMicros"] as const;

const amount = fc.oneof(fc.constant(0), fc.nat(50), fc.nat(1e9));
const use = fc.record({
  keyId: fc.constantFrom("a", "b"),
  item: fc.constantFrom("", "m"),
  requests: amount,
  unitMillis: amount,
  spendMicros: amount,
});
const buckets = (width: number) =>
  fc
    .uniqueArray(fc.record({ at: fc.nat(3), uses: fc.uniqueArray(use, { selector: (one) => one.keyId + one.item }) }), {
      selector: ({ at }) => at,
    })
    .map((all) =>
      all.map(({ at, uses }): ReportedBucket => {
        const from = START + at * width;
        return { from, to: from + width, uses, keyless: 0 };
      }),
    );

/** The table as it is after these changes. */
function fileChanges(table: Map<string, ReportedHour>, changes: ReturnType<typeof findChanges>): void {
  for (const { added, ...change } of [...changes.values()].flat()) {
    const name = JSON.stringify([change.hour, change.keyId, change.item]);
    const before = table.get(name)?.most ?? NOTHING;
    const most = Object.fromEntries(FIELDS.map((field) => [field, before[field] + added[field]]));
    table.set(name, { ...change, most: most as unknown as ReportedHour["most"] });
  }
}

test("whatever a provider says in whatever order, what is on file is its last word, and what was added is the most it ever said", () => {
  fc.assert(
    fc.property(fc.oneof(...[HOUR, DAY].map((width) => fc.array(buckets(width), { maxLength: 6 }))), (rounds) => {
      const table = new Map<string, ReportedHour>();
      const words = new Map<string, Record<(typeof FIELDS)[number], number>>();
      const most = new Map<string, Record<(typeof FIELDS)[number], number>>();
      for (const said of rounds) {
        for (const { from, to } of said)
          for (const [name, word] of words) {
            const [hour] = JSON.parse(name) as [number];
            if (hour >= from && hour < to) words.set(name, { ...word, ...NOTHING });
          }
        for (const { hour, keyId, item, ...amounts } of said.flatMap(shareHours)) {
          const name = JSON.stringify([hour, keyId, item]);
          words.set(name, amounts);
          const before = most.get(name) ?? NOTHING;
          most.set(name, {
            requests: Math.max(before.requests, amounts.requests),
            unitMillis: Math.max(before.unitMillis, amounts.unitMillis),
            spendMicros: Math.max(before.spendMicros, amounts.spendMicros),
          });
        }
        fileChanges(table, findChanges(said, [...table.values()]));
        assert.equal(findChanges(said, [...table.values()]).size, 0);
      }
      for (const [name, word] of words) {
        const filed = table.get(name);
        for (const field of FIELDS) {
          assert.equal(filed?.[field] ?? 0, word[field], name);
          assert.equal(filed?.most[field] ?? 0, most.get(name)?.[field] ?? 0, name);
        }
      }
    }),
  );
});

test("a day is shared out over its hours without a rest, and a credit reduces its key's use down to nothing", () => {
  fc.assert(
    fc.property(buckets(DAY), (said) => {
      for (const bucket of said) {
        const hours = shareHours(bucket);
        for (const field of FIELDS) {
          const total = bucket.uses.reduce((sum, one) => sum + one[field], 0);
          assert.equal(
            hours.reduce((sum, one) => sum + one[field], 0),
            total,
          );
        }
        assert.ok(hours.every(({ hour }) => hour >= bucket.from && hour < bucket.to));
      }
    }),
  );
  const result = { item: "m", requests: 1, unitMillis: 0 };
  const credited = bucketOf(START, START + DAY, [
    { ...result, keyId: "a", spendMicros: 500 },
    { ...result, keyId: "a", spendMicros: -200 },
    { ...result, keyId: "b", spendMicros: -1 },
    { ...result, keyId: null, spendMicros: 7 },
  ]);
  assert.deepEqual(
    credited.uses.map(({ keyId, spendMicros }) => [keyId, spendMicros]),
    [
      ["a", 300],
      ["b", 0],
    ],
  );
  assert.equal(credited.keyless, 1);
});
