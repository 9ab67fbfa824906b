import assert from "node:assert/strict";
import { test } from "node:test";
import { assert as check, nat, property } from "fast-check";
import { judgeKey } from "../../src/detect/judge-key.js";
import { heldBack } from "../../src/detect/short-past.js";
import { thresholds } from "../../src/detect/threshold.js";
import { FROM_HOSTING, keyTick, novelAt, steady } from "../helpers/key-tick.js";

const DAYS = nat({ max: 60 });
const held = (taughtDays: number, fleet: number, isSuspect = false) => heldBack({ taughtDays, isSuspect }, fleet);

test("what is held back of a score only falls while a key is known for longer, and is none where the fleet is not known for longer either, or the key is under suspicion", () => {
  check(
    property(DAYS, DAYS, DAYS, (taught, more, fleet) => {
      assert.ok(held(taught, fleet) >= held(taught + more, fleet) && held(taught, fleet) <= held(taught, fleet + more));
      if (taught >= Math.min(14, fleet)) assert.equal(held(taught, fleet), 0);
      assert.equal(held(taught, fleet, true), 0);
    }),
  );
});

test("the same theft needs to be louder on a key of two days than on one that lost its past to suspicion, or that is under suspicion since it began", () => {
  const tick = keyTick({ requests: steady(40), novel: novelAt(FROM_HOSTING, steady(30), 0) });
  const of = (taughtDays: number, isSuspect = false) =>
    judgeKey(tick, { days: [], taughtDays, isSuspect }, thresholds(1, 10));
  assert.ok(Math.abs(of(14).score - of(2).score - held(2, 18)) < 1e-5);
  assert.equal(of(0, true).score, of(14).score);
  assert.deepEqual([of(14).statistics.held_back, of(2).statistics.held_back], [0, 2.571429]);
});
