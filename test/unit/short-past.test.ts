import assert from "node:assert/strict";
import { test } from "node:test";
import { assert as check, nat, property } from "fast-check";
import { judgeKey } from "../../src/detect/judge-key.js";
import { heldBack } from "../../src/detect/short-past.js";
import { thresholds } from "../../src/detect/threshold.js";
import { FROM_HOSTING, keyTick, novelAt, steady } from "../helpers/key-tick.js";

const DAYS = nat({ max: 60 });

test("what is held back of a score only falls while a key is known for longer, and is none where the fleet is not known for longer either", () => {
  check(
    property(DAYS, DAYS, DAYS, (taught, more, fleet) => {
      const held = heldBack(taught, fleet);
      assert.ok(held >= heldBack(taught + more, fleet) && held <= heldBack(taught, fleet + more));
      if (taught >= Math.min(14, fleet)) assert.equal(held, 0);
    }),
  );
});

test("the same theft needs to be louder on a key of two days than on one that lost its past to suspicion", () => {
  const tick = keyTick({ requests: steady(40), novel: novelAt(FROM_HOSTING, steady(30), 0) });
  const of = (taughtDays: number) => judgeKey(tick, { days: [], taughtDays }, thresholds(1, 10));
  assert.ok(Math.abs(of(14).score - of(2).score - heldBack(2, 18)) < 1e-5);
  assert.deepEqual([of(14).statistics.held_back, of(2).statistics.held_back], [0, 5.142857]);
});
