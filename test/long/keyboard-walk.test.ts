import assert from "node:assert/strict";
import { test } from "node:test";
import { faultsOf } from "../helpers/browse.js";
import { openConsole } from "../helpers/open-console.js";
import { walkConsole } from "../helpers/walk-console.js";

const SIZES = [
  { width: 390, height: 844 },
  { width: 768, height: 1024 },
  { width: 1280, height: 800 },
];

test("the console is walked by keyboard alone, from a search to an undone containment, at every width, light and dark", async (t) => {
  const place = await openConsole(t);
  const { house, fleet, browsing } = place;
  const { page } = browsing;
  for (const size of SIZES)
    for (const colorScheme of ["light", "dark"] as const)
      await t.test(`${size.width} px, ${colorScheme}`, async () => {
        await page.context().clearCookies();
        await page.setViewportSize(size);
        await page.emulateMedia({ colorScheme });
        await walkConsole(page, place);
      });
  // Who walked last is still signed in.
  for (const [name, way] of [
    ["limits", "limits?share=50&days=28"],
    ["clients", "clients?client=py&days=28"],
    ["raw requests", `requests?key=${encodeURIComponent(fleet.stolen)}`],
    ["to be tidied up", "keys?hygiene=shared"],
    ["false pages", "incidents?verdict=benign"],
  ] as const)
    await t.test(`${name}: nothing is cut off or out of reach`, async () => {
      await page.goto(`${house.url}/${way}`);
      assert.deepEqual(await faultsOf(page, name), []);
    });
});
