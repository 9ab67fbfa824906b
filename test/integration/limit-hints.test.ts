import assert from "node:assert/strict";
import { test } from "node:test";
import { openKeysBench } from "../helpers/keys-bench.js";
import { insertEvents, perMinute } from "../helpers/rule-traffic.js";

const [MINUTE, DAY] = [60_000, 86_400_000];

test("keys show infers a limit that nobody told from 429s, says that it is inferred, and names the tightest limit", async () => {
  const bench = await openKeysBench();
  try {
    const { store } = bench;
    await bench.importAll([{ key_id: "untold" }, { key_id: "told", limit_per_minute: 500 }]);
    const noon = Math.floor(Date.now() / DAY) * DAY - DAY / 2;
    for (const keyId of ["untold", "told"]) {
      for (const daysAgo of [3, 5]) {
        const at = noon - daysAgo * DAY;
        await insertEvents(store, [
          ...perMinute(keyId, at, Array<number>(60).fill(40)),
          ...perMinute(keyId, at + 60 * MINUTE, [60, 60, 60]),
          ...perMinute(keyId, at + 60 * MINUTE, [30, 5, 900], { status: 429 }),
        ]);
      }
    }
    // Long ago the limit was another one.
    for (const daysAgo of [40, 41]) {
      await insertEvents(store, perMinute("untold", noon - daysAgo * DAY, [20, 20, 20]));
      await insertEvents(store, perMinute("untold", noon - daysAgo * DAY, [9, 9, 9], { status: 429 }));
    }
    const show = async (name: string) =>
      JSON.parse((await bench.keys(["show", name, "--json"])).stdout) as Record<string, unknown>;
    const untold = await show("untold");
    assert.deepEqual(untold["inferred_limit"], { requests_per_minute: 60, throttled_minutes: 6, days: 2 });
    assert.deepEqual(untold["tightest_limit"], { requests_per_minute: 75, p999_minute: 60, minutes: 126 });
    assert.equal(untold["limit_per_minute"] ?? null, null);
    assert.equal((await show("told"))["inferred_limit"], null);
    const { stdout } = await bench.keys(["show", "untold"]);
    assert.match(stdout, /^limit \(inferred\) +60\/min, inferred from 429s in 6 minutes of 2 days/m);
    assert.match(stdout, /^tightest limit +75\/min/m);
  } finally {
    await bench.close();
  }
});
