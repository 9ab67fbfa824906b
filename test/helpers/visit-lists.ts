import assert from "node:assert/strict";
import { keyWay, networkWay } from "../../src/web/find/ways.js";
import type { OpenConsole } from "./open-console.js";
import type { Look } from "./visit-console.js";

/** The views that lists, filters and searches make up, and an address that is blamed in them. */
export async function visitLists(place: OpenConsole, blamed: string, look: Look): Promise<void> {
  const { house, stolen, browsing } = place;
  const { page } = browsing;
  await page.getByRole("link", { name: "Suppressions", exact: true }).click();
  await look("suppressions");
  await page.getByRole("link", { name: "change or withdraw" }).click();
  await page.getByRole("heading", { name: "What it would have hidden" }).waitFor();
  for (const summary of ["Change", "Withdraw"]) await page.locator("summary", { hasText: summary }).click();
  await look("suppression");

  await page.getByRole("link", { name: "Coverage" }).click();
  await page.getByRole("heading", { level: 1, name: "Coverage" }).waitFor();
  await look("coverage");

  await page.getByRole("link", { name: "Incidents", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Incidents" }).waitFor();
  await look("incidents");

  for (const [name, way] of [
    ["limits", "limits?share=50&days=28"],
    ["clients", "clients?client=curl&days=28"],
    ["raw requests", `requests?key=${encodeURIComponent(stolen)}`],
    ["to be tidied up", "keys?hygiene=shared"],
    ["false pages", "incidents?verdict=benign"],
    ["network", networkWay(blamed)],
  ] as const) {
    await page.goto(`${house.url}/${way}`);
    for (const summary of await page.locator("summary", { hasText: "As SQL" }).all()) await summary.click();
    await look(name);
  }
  assert.ok((await page.locator(`main a[href="../${keyWay(stolen)}"]`).count()) > 0);

  const box = page.getByRole("combobox", { name: /^Search keys/ });
  await page.keyboard.press("/");
  await page.keyboard.type(stolen.slice(0, 9));
  await page.locator("form.search").getByRole("option", { name: stolen }).first().waitFor();
  assert.equal(await box.getAttribute("aria-expanded"), "true");
  await look("search as you type");
  await page.keyboard.press("Escape");
  assert.equal(await box.getAttribute("aria-expanded"), "false");
  // Enter without a choice is the form, which leads to a page of results, or right to the one thing.
  await box.fill(stolen.slice(0, 4));
  await box.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Search" }).waitFor();
  assert.equal(new URL(page.url()).search, "");
  await look("search");
}
