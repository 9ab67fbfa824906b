import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { MOST_DEAREST, readDearestKeys } from "../../src/pipeline/view/dearest-keys.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { insertEvents, perMinute } from "../helpers/rule-traffic.js";

const MINUTE = 60_000;
const now = Math.floor(Date.now() / MINUTE) * MINUTE;
let checks = undefined as unknown as OpenChecks;
before(async () => {
  checks = await openChecks();
});
after(async () => checks.close());

const first = async (at: number) => (await readDearestKeys(checks.store, at)).keys[0]?.keyId;
const use = async (keyId: string, spendMicros: number) =>
  insertEvents(checks.store, perMinute(keyId, now - 5 * MINUTE, [1], { spendMicros }));

test("the dearest keys of a large fleet are read once in half a minute, and those of a small one each time", async () => {
  assert.equal(await first(now), undefined);
  await use("k-1", 10);
  assert.equal(await first(now), "k-1");
  await Promise.all(Array.from({ length: MOST_DEAREST }, async (_, n) => use(`many-${n}`, 20)));
  const large = await first(now);
  assert.match(large!, /^many-/);
  await use("dearest", 1000);
  assert.deepEqual([await first(now), await first(now + 29_999)], [large, large]);
  assert.equal(await first(now + 30_000), "dearest");
  // Who asks as of an earlier instant is not answered with a later one.
  assert.equal((await readDearestKeys(checks.store, now)).at, now);
});
