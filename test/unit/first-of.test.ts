import assert from "node:assert/strict";
import { test } from "node:test";
import { array, assert as check, integer, nat, property, record } from "fast-check";
import { firstOf } from "../../src/model/first-of.js";

test("the first of many in an order are those that sorting all of them gives, equals as they came", () => {
  const items = array(record({ value: integer({ min: 0, max: 9 }), at: nat() }), { maxLength: 200 });
  const compare = (one: { readonly value: number }, other: { readonly value: number }) => one.value - other.value;
  check(
    property(items, nat({ max: 60 }), (all, count) => {
      assert.deepEqual(firstOf(all, count, compare), all.toSorted(compare).slice(0, count));
    }),
  );
});
