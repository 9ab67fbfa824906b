import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { OBSERVERS } from "../../src/model/event/request-event.js";
import { parseSubject, printSubject, subjectOf, type FindingSubject } from "../../src/model/finding/finding-subject.js";
import { GROUP_KINDS } from "../../src/model/key/key-group.js";

const text = fc.string({ unit: "grapheme", maxLength: 40 });
const name = text.filter((one) => one !== "");
const anySubject: fc.Arbitrary<FindingSubject> = fc.oneof(
  fc.record({ kind: fc.constantFrom(...GROUP_KINDS), name: text, observedBy: fc.constantFrom(...OBSERVERS) }),
  fc.record({ kind: fc.constant("network" as const), network: name }),
  fc.record({
    kind: fc.constant("key" as const),
    keyId: text,
    fact: fc.constantFrom("overdue", "first_use", "widened/20260308T1200"),
  }),
  fc.record({ kind: fc.constant("summary" as const), quarter: fc.constant("2026Q1") }),
  fc.record({ kind: fc.constant("part" as const), part: name }),
  fc.record({ kind: fc.constant("source" as const), source: text }),
  fc.record({ kind: fc.constant("lost" as const), source: text, hour: fc.constant("2026-03-08T10") }),
  fc.record({ kind: fc.constant("clock" as const), of: name }),
  fc.record({ kind: fc.constant("source clock" as const), source: text }),
);

test("a subject is the same after it was on file, and two that differ are never one incident", () => {
  fc.assert(
    fc.property(anySubject, anySubject, text, (one, other, keyId) => {
      assert.equal(JSON.stringify(parseSubject(printSubject(one))), JSON.stringify(one));
      assert.equal(printSubject(one) === printSubject(other), JSON.stringify(one) === JSON.stringify(other));
      assert.notEqual(subjectOf({ keyId, subject: one }), subjectOf({ keyId, subject: null }));
    }),
  );
});

test("paths stay as they are on file, and one of a version to come is kept as it is", () => {
  const paths = [
    "",
    "network/203.0.113.0%2F24",
    "fleet//gateway",
    "owner/growth%20team/caller",
    "key/k%2F1/widened/20260308T1200",
    "part/unregistered-keys",
    "source/gateway%20eu",
    "lost/gateway/2026-03-08T10",
    "clock/work%20on%20host-7",
    "clock/source/gateway",
    "summary/2026Q1",
    "moon/full/tonight",
  ];
  assert.deepEqual(
    paths.map((path) => printSubject(parseSubject(path))),
    paths,
  );
});
