import { test } from "node:test";
import { attackWith, pauseWithin } from "./attack-with.js";

test("FLUSHALL every 90 seconds stops no check for two minutes", async (t) => {
  await attackWith(t, async (plimsoll, signal) => {
    while (!signal.aborted) {
      await plimsoll.redis.flushall();
      await pauseWithin(90_000, signal);
    }
  });
});
