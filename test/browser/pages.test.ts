import assert from "node:assert/strict";
import { test } from "node:test";
import { glanceAt } from "../helpers/browse.js";
import { openConsole } from "../helpers/open-console.js";
import { visitConsole } from "../helpers/visit-console.js";
import { walkOnPhone } from "../helpers/walk-console.js";

// Every width and colour, paper, zones and what Tab reaches: test/long/console-views.test.ts and keyboard-walk.test.ts.
test("who is on call signs in, looks at every view, acknowledges and expects: PagerDuty hears of it, no page complains, calls elsewhere, or shuts anybody out", async (t) => {
  const place = await openConsole(t);
  const { page, complaints, elsewhere } = place.browsing;
  await t.test("all of it is walked by keyboard alone, from a search to an undone containment", async () =>
    walkOnPhone(page, place),
  );
  await t.test(
    "nothing is cut off, and axe-core has no objection, at a desk by day and on a phone by night",
    async () => {
      const faults: string[] = [];
      await visitConsole(place, async (name) => void faults.push(...(await glanceAt(page, name))));
      assert.deepEqual(faults, []);
    },
  );
  assert.deepEqual(elsewhere, []);
  // A browser says so of the answers that were to be refusals: before the sign-in, and of the form with a wrong network.
  assert.deepEqual(
    complaints.map((one) => /status of (\d+)/.exec(one)?.[1] ?? one),
    ["401", "422"],
  );
});
