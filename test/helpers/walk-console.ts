import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { insertEvents, perMinute } from "./rule-traffic.js";
import { startGuardReceiver, type GuardReceiver } from "./guard-receiver.js";
import type { SmallFleet } from "./small-fleet.js";
import { until } from "./until.js";
import type { WholePlimsoll } from "./whole-plimsoll.js";
import { byKeys } from "./by-keys.js";

const MINUTE = 60_000;
const OWNER = "payments team";
const GUARD_SECRET = `whsec_${Buffer.from("guard-of-the-walk-0123456789abcd").toString("base64")}`;

/** Where a walk begins: a fleet whose stolen key is guarded, and another key of the same owner that was used from the attacker's address. */
export interface WalkPlace {
  readonly house: WholePlimsoll;
  readonly stolen: string;
  readonly other: string;
  readonly guard: GuardReceiver;
  readonly token: string;
}

/** Starts a guard, which `PLIMSOLL_GUARDS` has to name before serve and work start. */
export async function startWalkGuard(): Promise<{
  readonly guard: GuardReceiver;
  readonly env: Record<string, string>;
}> {
  const guard = await startGuardReceiver(GUARD_SECRET);
  const guards = { edge: { type: "webhook", url: guard.url, secret: GUARD_SECRET } };
  return { guard, env: { PLIMSOLL_GUARDS: JSON.stringify(guards) } };
}

/** Names an owner and a guard of keys, and lets another key be used from where the attacker is. */
export async function prepareWalk(house: WholePlimsoll, fleet: SmallFleet, now: number): Promise<string> {
  const other = fleet.keys.find((keyId) => keyId !== fleet.stolen)!;
  const { store } = house;
  const registry = await store.registry.readKeys(Date.now(), await store.readClock());
  const guarded = { validFrom: now - 20 * 1440 * MINUTE, owner: OWNER, guard: "edge" };
  const [own, others] = [registry.get(fleet.stolen)!, registry.get(other)!];
  await store.registry.insertKeys(
    [
      { ...own, ...guarded },
      { ...others, ...guarded },
      // It calls once a minute: near its limit.
      { ...registry.get(fleet.keys.at(-1)!)!, validFrom: guarded.validFrom, limitPerMinute: 2 },
    ],
    "walk",
  );
  const [attacker] = await house.ask<{ readonly address: string; readonly asn: number }>(
    `SELECT replaceOne(toString(source_ip), '::ffff:', '') AS address, asn FROM request_events WHERE key_id = '${fleet.stolen}' AND ts > now() - INTERVAL 50 MINUTE
     GROUP BY source_ip, asn ORDER BY sum(count) DESC LIMIT 1`,
  );
  // Long ago, and once: it is no leak of that key as well.
  await insertEvents(
    store,
    perMinute(other, now - 5 * 1440 * MINUTE, [1, 1], { asn: attacker!.asn }, attacker!.address),
  );
  return other;
}

/**
 * From sign-in to an undone containment with a keyboard alone: search, key, another time range, network, the other key that was used from it, its owner, the
 * incident, containing dry and in earnest, and undoing it.
 */
export async function walkConsole(page: Page, { house, stolen, other, guard, token }: WalkPlace): Promise<void> {
  const hands = byKeys(page);
  const heading = async (text: string | RegExp) => {
    await page.getByRole("heading", { level: 1, name: text }).waitFor();
    // A key that is pressed before the scripts are there is lost, as it would be for anybody.
    await page.waitForLoadState("load");
  };
  await page.goto(`${house.url}/`);
  await hands.tabTo("the token", ({ text }) => text.startsWith("A token"));
  await hands.type(token);
  await hands.press("Enter");
  await heading("Keys");

  await hands.press("/");
  await page.keyboard.type(stolen);
  await page.locator("form.search").getByRole("option", { name: stolen }).first().waitFor();
  await hands.press("ArrowDown");
  await page.locator("form.search [role=option][aria-selected=true]").waitFor();
  await hands.press("Enter");
  await page.waitForURL(/\/keys\//);

  await hands.tabTo("the last 6 hours", ({ text }) => text === "6 hours");
  await hands.press("Enter");
  await page.waitForURL(/range=6h/);
  const span = async () =>
    page.evaluate<number>(`(({ from, to }) => to - from)(document.getElementById("range").dataset)`);
  const isChart = ({ text }: { readonly text: string }) => text.startsWith("Requests/min");
  await hands.tabTo("the chart", isChart);
  const zoom = async (key: string, seconds: number) => {
    const before = page.url();
    await hands.press(key);
    await page.waitForURL((url) => url.href !== before);
    await page.locator("figure canvas").first().waitFor();
    assert.ok(Math.abs((await span()) - seconds) <= 180, `${key} shows ${await span()} seconds, not about ${seconds}`);
    const stop = await hands.focused();
    assert.ok(isChart(stop) && stop.isShown, `after ${key} the focus is on ${stop.tag} ${stop.text}`);
  };
  await zoom("+", 10_800);
  await zoom("ArrowLeft", 10_800);
  await zoom("ArrowRight", 10_800);
  await zoom("-", 21_600);

  await hands.tabTo("the attacker's network", ({ href }) => /\/networks\//.test(href));
  await hands.press("Enter");
  await heading(/^Network/);
  await hands.tabTo("the other key", ({ href }) => href.endsWith(`/keys/${encodeURIComponent(other)}`));
  await hands.press("Enter");
  await page.waitForURL(new RegExp(`/keys/${encodeURIComponent(other)}`));
  await hands.tabTo("its owner", ({ href }) => /\/owners\//.test(href));
  await hands.press("Enter");
  await heading(`Owner ${OWNER}`);
  await hands.tabTo("the incident", ({ href }) => /\/incidents\/leak/.test(href));
  await hands.press("Enter");
  await page.getByRole("region", { name: "What to decide" }).waitFor();
  await hands.tabTo("Contain…", ({ text }) => text === "Contain…");
  await hands.press("Enter");
  await heading(/^Contain /);

  const inForm = (form: string, label: string) => (stop: { readonly tag: string; readonly text: string }) =>
    stop.tag.endsWith(`of ${form}`) && stop.text.startsWith(label);
  const asked = guard.seen.length;
  await hands.tabTo("Preview", inForm("Contain", "Preview"));
  await hands.press("Enter");
  await page.getByRole("heading", { name: "The exact call" }).waitFor();
  assert.equal(guard.seen.length, asked, "a preview asks nothing of the guard");
  await hands.tabTo("the reason", inForm("Contain", "Reason"));
  await hands.type("walked here by keys");
  // Where the owner is on the same networks, that has to be confirmed.
  if ((await page.getByLabel(/This also hits the owner/).count()) > 0) {
    await hands.tabTo("that it is meant", ({ text }) => text.startsWith("This also hits the owner"));
    await hands.press("Space");
  }
  await hands.tabTo("Contain", inForm("Contain", "Contain"));
  await hands.press("Enter");
  await page.getByRole("status").getByText("Recorded").waitFor();
  await until("the guard contains the key", () => guard.inForce.size === 1);
  await page.reload();
  await hands.tabTo("the reason to undo", inForm("Undo", "Reason"));
  await hands.type("enough");
  await hands.tabTo("Undo", inForm("Undo", "Undo"));
  await hands.press("Enter");
  await page.getByRole("status").getByText("Recorded").waitFor();
  await until("the guard has undone it", () => guard.inForce.size === 0);
}

/** The same in a session of its own, on a narrow and dark screen. */
export async function walkOnPhone(page: Page, place: WalkPlace): Promise<void> {
  const phone = { viewport: { width: 390, height: 844 }, colorScheme: "dark" } as const;
  const context = await page.context().browser()!.newContext(phone);
  await walkConsole(await context.newPage(), place);
  await context.close();
}
