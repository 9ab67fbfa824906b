import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { openBrowser, type Browsing } from "./browse.js";
import { smallFleet, type SmallFleet } from "./small-fleet.js";
import { prepareWalk, startWalkGuard, type WalkPlace } from "./walk-console.js";
import { startWholePlimsoll } from "./whole-plimsoll.js";

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

/** A whole Plimsoll over ten days of a fleet whose first key is stolen and found, and a browser before it. */
export interface OpenConsole extends WalkPlace {
  readonly fleet: SmallFleet;
  readonly browsing: Browsing;
}

/** Before anything is learned or checked: the fleet, what happened to it until now, and another key of the owner. */
export type BeforeChecks = Pick<OpenConsole, "house" | "fleet" | "stolen" | "other"> & { readonly now: number };

/** Starts all of it, with what is fed on top of it before anything is checked; it ends with the test. */
export async function openConsole(
  t: { after(end: () => Promise<void>): void },
  feed?: (before: BeforeChecks) => Promise<void>,
): Promise<OpenConsole> {
  const token = randomBytes(24).toString("hex");
  const { guard, env } = await startWalkGuard();
  t.after(() => guard.close());
  const house = await startWholePlimsoll(t, { env: { ...env, PLIMSOLL_ADMIN_TOKENS: token } });
  const now = Math.floor(Date.now() / MINUTE) * MINUTE;
  const fleet = smallFleet(7, now, now - 50 * MINUTE, 4000);
  await fleet.insertRegistry(house.store);
  await fleet.insert(house.store, now - 10 * DAY, now);
  const other = await prepareWalk(house, fleet, now);
  await feed?.({ house, fleet, stolen: fleet.stolen, other, now });
  for (const job of ["learn-baselines", "check-keys"]) {
    const ran = await house.plimsoll("run", job);
    assert.equal(ran.code, 0, ran.output);
  }
  await Promise.all([house.startServe(), house.startWork()]);
  const browsing = await openBrowser(house.url);
  t.after(() => browsing.close());
  return { house, fleet, stolen: fleet.stolen, other, guard, token, browsing };
}
