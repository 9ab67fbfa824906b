import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { attackWith, eventOf, otherSender, pauseWithin } from "./attack-with.js";

const DAY_MS = 86_400_000;

test("bodies that span 89 days, as many as are taken, stop no check for two minutes and delay no live row by one", async (t) => {
  const figures = await attackWith(t, async (plimsoll, signal) => {
    const senders = Array.from({ length: 4 }, async () => {
      while (!signal.aborted) {
        const events = Array.from({ length: 89 }, (_, day) =>
          eventOf(`old_${randomBytes(4).toString("hex")}`, Date.now() - (day + 0.5) * DAY_MS),
        );
        const answer = await plimsoll.post(events.join("\n"), otherSender(plimsoll)).catch(() => null);
        if (answer?.status !== 202) await pauseWithin(250, signal);
      }
    });
    await Promise.all(senders);
  });
  assert.ok(figures.slowestRowSeconds < 60, `a live row took ${figures.slowestRowSeconds} s`);
});
