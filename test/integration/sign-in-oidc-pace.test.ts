import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { CookieBrowser } from "../helpers/cookie-browser.js";
import { openLiedToPages, type LiedToPages } from "../helpers/lied-to-pages.js";
import type { OpenPages } from "../helpers/open-pages.js";

/** Of everybody in one office. */
const OFFICE = "198.51.100.7";
let house = undefined as unknown as LiedToPages;
before(async () => {
  house = await openLiedToPages();
});
after(async () => house.close());

const timed = async (ask: () => Promise<Response>) => {
  const startedAt = performance.now();
  const { status } = await ask();
  return { status, ms: performance.now() - startedAt };
};
const showToken = async (browser: CookieBrowser, { url }: OpenPages, token: string) =>
  browser.ask(`${url}/sign-in`, { method: "POST", body: new URLSearchParams({ token }) });
const atOnce = async (count: number, ask: () => Promise<Response>) =>
  Promise.all(Array.from({ length: count }, () => timed(ask)));

test("answers that another site has browsers ask for, without a cookie or with a foreign state, are refused at once and slow nobody down", async () => {
  const own = await house.open();
  const victim = new CookieBrowser(OFFICE);
  const { state, nonce } = await house.begin(victim, own);
  const images = await atOnce(40, async () => house.comeBack(new CookieBrowser(OFFICE), state, own));
  const foreign = await atOnce(40, async () => house.comeBack(victim, "of-another-sign-in", own));
  assert.deepEqual(new Set([...images, ...foreign].map(({ status }) => status)), new Set([403]));
  house.issuer.lie(nonce);
  const back = await timed(async () => house.comeBack(victim, state, own));
  assert.equal(back.status, 303);
  assert.ok(back.ms < 900, `${back.ms}`);
  await own.close();
});

test("an answer under a cookie that its sender made up is an attempt: each failure from the third on makes the next wait", async () => {
  const own = await house.open();
  const guess = async () => {
    const secret = randomBytes(32).toString("base64url");
    const browser = new CookieBrowser(OFFICE);
    browser.setCookie(own.url, "plimsoll_login", secret);
    return house.comeBack(browser, createHmac("sha256", secret).update("state").digest("base64url"), own);
  };
  const guesses = [];
  for (let i = 0; i < 5; i += 1) guesses.push(await timed(guess));
  assert.ok(guesses.every(({ status }) => status === 403));
  assert.ok(guesses[4]!.ms >= 490, `${guesses[4]!.ms}`);
  await own.close();
});

test("sign-ins at the issuer and tokens have a pace each, and a browser that signed in at the issuer before is counted by itself", async () => {
  const own = await house.open();
  const known = new CookieBrowser(OFFICE);
  const { state, nonce } = await house.begin(known, own);
  house.issuer.lie(nonce);
  assert.equal((await house.comeBack(known, state, own)).status, 303);
  const begin = async (browser: CookieBrowser) => browser.ask(`${own.url}/sign-in/oidc`);
  for (let i = 0; i < 20; i += 1) await begin(new CookieBrowser(OFFICE));
  const [crowd, again, token] = await Promise.all([
    atOnce(10, async () => begin(new CookieBrowser(OFFICE))),
    new Promise<Response>((resolve) => setTimeout(() => resolve(begin(known)), 200)),
    new Promise<Response>((resolve) =>
      setTimeout(() => resolve(showToken(new CookieBrowser(OFFICE), own, house.admin)), 200),
    ),
  ]);
  assert.equal(crowd.filter(({ status }) => status === 429).length, 6);
  assert.deepEqual([again.status, token.status], [303, 303]);
  const forged = new CookieBrowser(OFFICE);
  forged.setCookie(own.url, "plimsoll_browser", `oidc.${randomBytes(32).toString("base64url")}`);
  assert.ok((await timed(async () => begin(forged))).ms > 900);
  await own.close();
});
