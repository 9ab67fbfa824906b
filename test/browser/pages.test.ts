import assert from "node:assert/strict";
import { test } from "node:test";
import { faultsOf } from "../helpers/browse.js";
import { modeFaults, openConsole } from "../helpers/open-console.js";
import { until } from "../helpers/until.js";
import { zoneFaults } from "../helpers/page-modes.js";
import { walkOnPhone } from "../helpers/walk-console.js";

const TOLD_WITHIN_MS = 20_000;

test("who is on call signs in, looks at fleet, key, incident and coverage, acknowledges and expects: PagerDuty hears of it, no page complains, calls elsewhere, or shuts anybody out", async (t) => {
  const place = await openConsole(t);
  const { house, fleet, token: admin, browsing } = place;
  const { page, complaints } = browsing;
  const faults: string[] = [];
  const look = async (name: string) => void faults.push(...(await faultsOf(page, name)));

  // Each notification has a dedup key of its own: the incident's, and its number.
  const told = async (action: string) =>
    house.receiver.next(
      ({ event_action, dedup_key }) =>
        event_action === action && dedup_key!.startsWith(`plimsoll/leak/${fleet.stolen}/`),
      AbortSignal.timeout(TOLD_WITHIN_MS),
    );
  const { links } = (await told("trigger")) as { links?: readonly { readonly href: string }[] };
  const incident = links!.find(({ href }) => href.includes("/incidents/"))!.href;
  await t.test("all of it is walked by keyboard alone, from a search to an undone containment", async () =>
    walkOnPhone(page, place),
  );
  await page.goto(house.url + new URL(incident).pathname);
  await look("sign-in");
  await page.getByLabel(/^A token/).fill(admin);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(house.url + new URL(incident).pathname);
  await page.getByRole("link", { name: "Keys", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Keys" }).waitFor();
  await look("fleet");
  await page.getByRole("link", { name: "All keys" }).click();
  await page.getByRole("link", { name: "Spend, 24 hours" }).click();
  await page.locator("th[aria-sort]", { hasText: "Spend" }).waitFor();
  await look("keys");
  for (let views = 0; views < 2; views += 1) await page.goBack();
  await page
    .locator(`main a[href="keys/${encodeURIComponent(fleet.stolen)}"]`)
    .last()
    .click();
  await page.locator("figure canvas").nth(1).waitFor();
  // The time is no line of the chart: it has no name in the legend, which tells values with their units.
  assert.equal(await page.locator(".u-legend .u-series th").first().isVisible(), false);
  assert.match(await page.locator(".u-legend").first().innerText(), /unknown sources\s*[\d.]+\/min/);
  // What is drawn over one chart becomes the range of all.
  const plot = (await page.locator(".u-over").first().boundingBox())!;
  await page.mouse.move(plot.x + plot.width * 0.5, plot.y + 50);
  await page.mouse.down();
  await page.mouse.move(plot.x + plot.width * 0.75, plot.y + 60, { steps: 5 });
  await page.mouse.up();
  await page.waitForURL(/\?from=.*Z&to=.*Z#range$/);
  await page.locator("figure canvas").nth(1).waitFor();
  const spans = await page.evaluate<number[]>(
    `[...document.querySelectorAll("[data-chart]")].map((one) => JSON.parse(one.dataset.chart)).map(({ from, to }) => to - from)`,
  );
  assert.ok(spans.length === 2 && spans.every((seconds) => seconds === spans[0] && Math.abs(seconds - 21_600) < 1200));
  await page.getByRole("link", { name: "24 hours" }).click();
  await page.locator(".range a[aria-current]", { hasText: "24 hours" }).waitFor();
  await look("key");
  await t.test("a zone that was chosen is remembered, and the other one is on hover", async () =>
    assert.deepEqual(await zoneFaults(page), []),
  );
  await t.test(
    "on paper nothing can be pressed, is cut off or dark, and nothing moves for who wants less of it: a key",
    async () => assert.deepEqual(await modeFaults(page), []),
  );
  await page.locator("dd a[href*='owners/']").click();
  await page.getByRole("heading", { level: 1, name: /^Owner / }).waitFor();
  await look("owner");
  await t.test("the same of an owner's tables", async () => assert.deepEqual(await modeFaults(page), []));
  await page.goBack();
  await page.getByRole("link", { name: "Investigate" }).click();
  await page.getByRole("heading", { name: "Requests by hour" }).waitFor();
  await look("dossier");
  await page.goBack();
  await page.getByRole("link", { name: "evidence" }).first().click();
  await page.getByRole("region", { name: "What to decide" }).waitFor();
  await page.locator("summary", { hasText: "The SQL behind it" }).click();
  await page.getByRole("button", { name: "Copy" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  assert.match(await page.evaluate<string>("navigator.clipboard.readText()"), /FROM request_events/);
  for (const summary of ["Resolve", "Suppress"]) await page.locator("summary", { hasText: summary }).click();
  await look("incident");
  await t.test("the same of an incident", async () => assert.deepEqual(await modeFaults(page), []));
  await page.getByRole("link", { name: "Contain…" }).click();
  await page.getByRole("heading", { name: "Who uses the key now" }).waitFor();
  await look("contain");
  await page.getByRole("link", { name: "Back to the incident" }).click();

  // Forms open on demand, and one at a time; who acts is who signed in, unless they say otherwise.
  await page.locator("summary", { hasText: "Acknowledge" }).focus();
  await page.keyboard.press("Enter");
  const acknowledge = page.getByRole("form", { name: "Acknowledge" });
  assert.equal(await acknowledge.getByLabel("Your name").inputValue(), "admin-1");
  assert.equal(await page.getByRole("form").count(), 1);
  await acknowledge.getByLabel("Your name").fill("Ana");
  await acknowledge.getByRole("button").click();
  await page.getByRole("status").getByText("Acknowledged").waitFor();
  await told("acknowledge");

  await page.locator("summary", { hasText: "Suppress" }).click();
  const expected = page.getByRole("form", { name: "Suppress" });
  assert.equal(await expected.getByLabel("Your name").inputValue(), "Ana");
  const blamed = await expected.getByLabel(/^From these networks/).inputValue();
  assert.match(blamed, /^\d+\.\d+\.\d+\.\d+/);
  await expected.getByLabel("Reason").fill("a load test of ours");
  await expected.getByLabel(/^From these networks/).fill("everywhere");
  await expected.getByRole("button", { name: "Suppress until then" }).click();
  await expected.getByText("everywhere is not a network").waitFor();
  assert.equal(await expected.getByLabel("Reason").inputValue(), "a load test of ours");
  await look("refused form");
  await expected.getByLabel(/^From these networks/).fill(blamed);
  await expected.getByRole("button", { name: "Preview" }).click();
  await expected.getByText(/^In the last 7 days it would have hidden \d+ of/).waitFor();
  await look("previewed form");
  await expected.getByRole("button", { name: "Suppress until then" }).click();
  await page.getByRole("status").getByText("Suppressed").waitFor();
  await look("expected");
  await until("PagerDuty has no open alert", () => house.receiver.openAlerts().length === 0);

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
  // By keyboard alone: to the key, to the network that its attacker came from, to another key, and to the incident.
  const box = page.getByRole("combobox", { name: /^Search keys/ });
  const search = async (text: string, option: string | RegExp) => {
    await page.keyboard.press("/");
    await page.keyboard.type(text);
    await page.locator("form.search").getByRole("option", { name: option }).first().waitFor();
  };
  const takeFirst = async (url: RegExp) => {
    await page.keyboard.press("ArrowDown");
    await page.locator("form.search [role=option][aria-selected=true]").waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL(url);
  };
  await search(fleet.stolen.slice(0, 9), fleet.stolen);
  assert.equal(await box.getAttribute("aria-expanded"), "true");
  await look("search as you type");
  await page.keyboard.press("Escape");
  assert.equal(await box.getAttribute("aria-expanded"), "false");
  await box.fill("");
  await box.blur();
  await search(fleet.stolen, fleet.stolen);
  await takeFirst(/\/keys\//);
  await search(blamed.split(/[\s,]/)[0]!, /keys used from it/);
  await takeFirst(/\/networks\//);
  await page.getByRole("heading", { level: 1, name: "Network" }).waitFor();
  await look("network");
  assert.ok((await page.locator(`main a[href="../keys/${encodeURIComponent(fleet.stolen)}"]`).count()) > 0);
  const other = fleet.keys.find((keyId) => keyId !== fleet.stolen)!;
  await search(other, other);
  await takeFirst(new RegExp(`/keys/${encodeURIComponent(other)}$`));
  await search(`leak/${fleet.stolen}`, /^leak\//);
  await takeFirst(/\/incidents\//);
  // Enter without a choice is the form, which leads to a page of results, or right to the one thing.
  await page.keyboard.press("/");
  await page.keyboard.type(fleet.stolen.slice(0, 4));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Search" }).waitFor();
  assert.equal(new URL(page.url()).search, "");
  await look("search");

  await page.getByRole("link", { name: "Sign out" }).click();
  await page.getByText("which may look and act").waitFor();
  await look("session");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("status").getByText("This session has ended").waitFor();
  await look("signed out");
  // As a terminal shows it: the token is taken out of the link, and stays in no history.
  await page.goto(`${house.url}/sign-in#${admin}`);
  assert.equal(await page.evaluate("location.href"), `${house.url}/sign-in`);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Keys" }).waitFor();
  assert.deepEqual(faults, []);
  assert.deepEqual(browsing.elsewhere, []);
  // A browser says so of the answers that were to be refusals: before the sign-in, and of the form with a wrong network.
  assert.deepEqual(
    complaints.map((one) => /status of (\d+)/.exec(one)?.[1] ?? one),
    ["401", "422"],
  );
});
