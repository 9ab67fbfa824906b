import { test } from "node:test";
import { attackWith, eventOf, otherSender, pauseWithin } from "./attack-with.js";

const DAY_MS = 86_400_000;
/** One in a hundred of the rows that a day of the fleet has. */
const AT_ONCE = 600;

test("hundreds of late events every four seconds for yesterday, and each minute for each of 34 days, stop no check for two minutes", async (t) => {
  await attackWith(t, async (plimsoll, signal) => {
    for (let round = 0; !signal.aborted; round += 1) {
      const days = round % 15 === 0 ? Array.from({ length: 34 }, (_, day) => day + 1) : [1];
      for (const day of days) {
        const events = Array.from({ length: AT_ONCE }, (_, n) =>
          eventOf(`late_${round}_${n % 10}`, Date.now() - day * DAY_MS + n),
        );
        await plimsoll.post(events.join("\n"), otherSender(plimsoll)).catch(() => undefined);
      }
      await pauseWithin(4000, signal);
    }
  });
});
