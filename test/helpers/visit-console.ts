import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { OpenConsole } from "./open-console.js";
import { until } from "./until.js";
import { visitLists } from "./visit-lists.js";

const NOTIFIED_WITHIN_MS = 20_000;

/** Looks at the view that stands, which it is given the name of. */
export type Look = (name: string) => Promise<void>;

/** Whoever is on call signs in, looks at every view, acknowledges, suppresses and signs out; `look` is called on each view and each form. */
export async function visitConsole(place: OpenConsole, look: Look): Promise<void> {
  const { house, browsing, token } = place;
  const { page } = browsing;
  const links = (await notified(place, "trigger")).links as readonly { readonly href: string }[];
  const incident = house.url + new URL(links.find(({ href }) => href.includes("/incidents/"))!.href).pathname;
  await page.goto(incident);
  await look("sign-in");
  await page.getByLabel(/^A token/).fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(incident);
  await visitKey(page, place.stolen, look);
  const blamed = await actOnIncident(place, look);
  await visitLists(place, blamed, look);
  await signOut(place, look);
}

/** Each notification has a dedup key of its own: the incident's, and its number. */
async function notified({ house, stolen }: OpenConsole, action: string): Promise<Readonly<Record<string, unknown>>> {
  const event = await house.receiver.next(
    ({ event_action, dedup_key }) => event_action === action && dedup_key!.startsWith(`plimsoll/leak/${stolen}/`),
    AbortSignal.timeout(NOTIFIED_WITHIN_MS),
  );
  return event;
}

async function visitKey(page: Page, stolen: string, look: Look): Promise<void> {
  await page.getByRole("link", { name: "Keys", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Keys" }).waitFor();
  await look("fleet");
  assert.equal(await page.locator("header [aria-current]").innerText(), "Keys");
  await page.getByRole("link", { name: "All keys" }).click();
  await page.getByRole("link", { name: "Spend, 24 hours" }).click();
  await page.locator("th[aria-sort]", { hasText: "Spend" }).waitFor();
  await look("keys");
  for (let views = 0; views < 2; views += 1) await page.goBack();
  await page
    .locator(`main a[href="keys/${encodeURIComponent(stolen)}"]`)
    .last()
    .click();
  await page.locator("figure canvas").nth(1).waitFor();
  // The time is no line of the chart: it has no name in the legend, which tells values with their units.
  assert.equal(await page.locator(".u-legend .u-series th").first().isVisible(), false);
  assert.match(await page.locator(".u-legend").first().innerText(), /unknown sources\s*[\d.]+\/min/);
  await page.getByRole("button", { name: "Copy id" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  assert.equal(await page.evaluate<string>("navigator.clipboard.readText()"), stolen);
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
  await page.locator("dd a[href*='owners/']").click();
  await page.getByRole("heading", { level: 1, name: /^Owner / }).waitFor();
  await look("owner");
  await page.goBack();
  await page.getByRole("link", { name: "Investigate" }).click();
  await page.getByRole("heading", { name: "Requests by hour" }).waitFor();
  await look("dossier");
  await page.goBack();
}

/** @returns the address that is blamed */
async function actOnIncident(place: OpenConsole, look: Look): Promise<string> {
  const { house, browsing } = place;
  const { page } = browsing;
  await page.locator("main a[href^='../incidents/']").first().click();
  await page.getByRole("region", { name: "What to decide" }).waitFor();
  await page.locator("summary", { hasText: "The SQL behind it" }).click();
  await page.getByRole("button", { name: "Copy", exact: true }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  assert.match(await page.evaluate<string>("navigator.clipboard.readText()"), /FROM request_events/);
  await staysAtHand(page);
  for (const summary of ["Resolve", "Suppress"]) await page.locator("summary", { hasText: summary }).click();
  await look("incident");
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
  await notified(place, "acknowledge");

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

  return blamed.split(/[\s,]/)[0]!;
}

/** What can be done is on the screen wherever the reader goes in the evidence, and hides nothing that a link leads to. */
async function staysAtHand(page: Page): Promise<void> {
  await page.getByRole("navigation", { name: "Parts of the evidence" }).getByRole("link", { name: "Why" }).click();
  const heading = page.getByRole("heading", { name: "Why it was found" });
  const [bar, place] = [await page.locator(".acts").boundingBox(), await heading.boundingBox()];
  assert.ok(bar !== null && place !== null && bar.y >= 0 && bar.y < 5, `what can be done is at ${bar?.y}`);
  assert.ok(place.y >= bar.y + bar.height, "a heading that was asked for is not behind it");
}

async function signOut({ house, token, browsing }: OpenConsole, look: Look): Promise<void> {
  const { page } = browsing;
  await page.getByRole("link", { name: "Sign out" }).click();
  await page.getByText("which may look and act").waitFor();
  await look("session");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("status").getByText("This session has ended").waitFor();
  await look("signed out");
  // As a terminal shows it: the token is taken out of the link, and stays in no history.
  await page.goto(`${house.url}/sign-in#${token}`);
  assert.equal(await page.evaluate("location.href"), `${house.url}/sign-in`);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Keys" }).waitFor();
}
