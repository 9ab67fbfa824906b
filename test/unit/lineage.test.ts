import assert from "node:assert/strict";
import { test } from "node:test";
import { addSlots } from "../../src/baseline/add-slots.js";
import { UNKNOWN_SLOT } from "../../src/model/finding/baseline.js";
import { eldersOf, lineagesOf } from "../../src/model/key/lineage.js";
import { inheritHistories } from "../../src/pipeline/learn/inherit-histories.js";
import { inheritSnapshot } from "../../src/pipeline/learn/inherit-snapshot.js";

const registry = (replaces: Readonly<Record<string, string>>) =>
  new Map(Object.entries(replaces).map(([keyId, elder]) => [keyId, { keyId, replaces: elder }]));

test("a key succeeds all that came before it, the nearest first; two keys may succeed the same one, also one that nobody registered", () => {
  const lineages = lineagesOf(registry({ c: "b", b: "a", a: "", d: "b", e: "unknown" }));
  assert.deepEqual(Object.fromEntries(lineages), { c: ["b", "a"], b: ["a"], d: ["b", "a"], e: ["unknown"] });
  assert.deepEqual(eldersOf(lineages, "gateway c"), ["gateway b", "gateway a"]);
});

test("keys that replace each other in a circle end it, and a chain without end is cut", () => {
  assert.deepEqual(Object.fromEntries(lineagesOf(registry({ a: "b", b: "c", c: "a", self: "self" }))), {
    a: ["b", "c"],
    b: ["c", "a"],
    c: ["a", "b"],
  });
  const chain = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`k${i}`, `k${i + 1}`]));
  assert.equal(lineagesOf(registry(chain)).get("k0")?.length, 16);
});

const LINEAGES = new Map([["new", ["old"]]]);
const snapshot = (flat: number, suspectUntil: number, frozenDays: number) => ({
  weekly: [],
  daily: [],
  flat,
  suspectUntil,
  frozenDays,
});

test("a snapshot that expects nothing yet gives way to the predecessor's, but suspicion of either stays", () => {
  const [empty, old, own] = [snapshot(-1, 7, 0), snapshot(3, 5, 2), snapshot(1, 0, 0)];
  const of = (entry: typeof empty | null) =>
    inheritSnapshot(
      LINEAGES,
      "gateway new",
      new Map([["gateway old", old], ...(entry === null ? [] : [["gateway new", entry] as const])]),
    );
  assert.deepEqual(of(null), old);
  assert.deepEqual(of(empty), { ...old, suspectUntil: 7 });
  assert.deepEqual(of(own), own);
});

test("a successor's history is its own and, of the days before its first, its predecessor's", () => {
  const day = (daysAgo: number, bin: number, taughtDays: number) => ({
    daysAgo,
    bins: [bin],
    taughtDays,
    isSuspect: false,
  });
  const days = new Map([
    ["gateway old", [day(4, 9, 10), day(3, 9, 11), day(2, 9, 12)]],
    ["gateway new", [day(2, 1, 1), day(1, 1, 2)]],
  ]);
  assert.deepEqual(inheritHistories(days, ["new"], LINEAGES).get("gateway new"), {
    days: [day(4, 9, 10), day(3, 9, 11), day(2, 1, 1), day(1, 1, 2)],
    taughtDays: 12,
    isSuspect: false,
  });
});

test("what is unknown of one key's slot is unknown of the sum", () => {
  assert.deepEqual(addSlots([1, UNKNOWN_SLOT, 3], [5, 6, UNKNOWN_SLOT]), [6, UNKNOWN_SLOT, UNKNOWN_SLOT]);
});
