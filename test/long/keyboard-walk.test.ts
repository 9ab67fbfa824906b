import { test } from "node:test";
import { openConsole } from "../helpers/open-console.js";
import { walkConsole } from "../helpers/walk-console.js";

const SIZES = [
  { width: 390, height: 844 },
  { width: 768, height: 1024 },
  { width: 1280, height: 800 },
];

test("the console is walked by keyboard alone, from a search to an undone containment, at every width, light and dark", async (t) => {
  const place = await openConsole(t);
  const { page } = place.browsing;
  for (const size of SIZES)
    for (const colorScheme of ["light", "dark"] as const)
      await t.test(`${size.width} px, ${colorScheme}`, async () => {
        await page.context().clearCookies();
        await page.setViewportSize(size);
        await page.emulateMedia({ colorScheme });
        await walkConsole(page, place);
      });
});
