import assert from "node:assert/strict";
import { test } from "node:test";
import { faultsOf } from "../helpers/browse.js";
import { openConsole } from "../helpers/open-console.js";
import { modeFaults, zoneFaults } from "../helpers/page-modes.js";
import { visitConsole } from "../helpers/visit-console.js";

test("every view of the console: nothing is cut off, out of Tab's reach or refused by axe-core, at every width, light and dark; on paper nothing can be pressed or is dark; nothing moves for who wants less of it", async (t) => {
  const place = await openConsole(t);
  const { page } = place.browsing;
  await visitConsole(place, async (name) =>
    t.test(name, async () => {
      const faults = [...(await faultsOf(page, name)), ...(await modeFaults(page, name))];
      // A zone that was chosen is remembered, and the other one is on hover.
      if (name === "key") faults.push(...(await zoneFaults(page)));
      assert.deepEqual(faults, []);
    }),
  );
});
