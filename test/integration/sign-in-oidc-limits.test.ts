import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startRedis } from "../../src/local/services/embedded-redis.js";
import { CookieBrowser } from "../helpers/cookie-browser.js";
import { openLiedToPages, type LiedToPages } from "../helpers/lied-to-pages.js";
import { openOidcIssuer } from "../helpers/oidc-issuer.js";
import type { OpenPages } from "../helpers/open-pages.js";
import { signInAt } from "../helpers/page-forms.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
let house = undefined as unknown as LiedToPages;
before(async () => {
  house = await openLiedToPages();
});
after(async () => house.close());

test("a sign-in that was begun more than ten minutes ago is over", async () => {
  const browser = new CookieBrowser();
  const { state, nonce } = await house.begin(browser);
  house.issuer.lie(nonce);
  house.clock.laterMs = 10 * MINUTE + 1;
  assert.equal((await house.comeBack(browser, state)).status, 403);
  house.clock.laterMs = 0;
});

test("a session ends after two hours without its browser, and after twelve with it", async () => {
  const { browser } = await house.signIn();
  const look = async (ms: number) => {
    house.clock.laterMs = ms;
    const { status } = await browser.ask(`${house.pages.url}/coverage`);
    house.clock.laterMs = 0;
    return status;
  };
  for (let hours = 1.5; hours < 12; hours += 1.5) assert.equal(await look(hours * HOUR), 200, `${hours}`);
  assert.equal(await look(12 * HOUR), 401);
  const { browser: idle } = await house.signIn();
  house.clock.laterMs = 2 * HOUR;
  assert.equal((await idle.ask(`${house.pages.url}/coverage`)).status, 401);
  house.clock.laterMs = 0;
});

test("a session does not count under other groups than it was opened under", async () => {
  const prefix = `{test-${randomBytes(4).toString("hex")}}`;
  const [former, present] = await Promise.all([
    house.open({ prefix }),
    house.open({ prefix, oidc: house.oidcOf({ actGroups: ["security"] }) }),
  ]);
  const { browser } = await house.signIn({}, former);
  const cookie = browser.cookies(former.url);
  const look = async ({ url }: OpenPages) => (await fetch(`${url}/coverage`, { headers: { cookie } })).status;
  assert.deepEqual([await look(former), await look(present)], [200, 401]);
  await Promise.all([former.close(), present.close()]);
});

test("more than twenty sign-ins a minute from one address wait a second each, and four of them at once", async () => {
  const own = await house.open();
  const ask = async (browser: CookieBrowser) => {
    const startedAt = performance.now();
    const { status } = await browser.ask(`${own.url}/sign-in/oidc`);
    return { status, ms: performance.now() - startedAt };
  };
  const browser = new CookieBrowser("198.51.100.7");
  const begun = [];
  for (let i = 0; i < 20; i += 1) begun.push(await ask(browser));
  assert.ok(begun.every(({ status, ms }) => status === 303 && ms < 900));
  const more = await Promise.all(Array.from({ length: 10 }, () => ask(browser)));
  assert.equal(more.filter(({ status }) => status === 303).length, 4);
  assert.ok(more.filter(({ status }) => status === 303).every(({ ms }) => ms > 900));
  assert.equal(more.filter(({ status }) => status === 429).length, 6);
  await own.close();
});

test("an issuer that is away stops nothing: the view says so, tokens open pages, and people sign in once it is back", async () => {
  const gone = await openOidcIssuer();
  const { url, clientId, clientSecret } = gone;
  await gone.close();
  const own = await house.open({
    oidc: house.oidcOf({ issuer: url, clientId, clientSecret: () => clientSecret, scopes: "openid email profile" }),
  });
  const view = await (await fetch(`${own.url}/sign-in`)).text();
  assert.match(view, /does not answer at the moment[\s\S]*Sign in with 127\.0\.0\.1:\d+[\s\S]*name="token"/);
  assert.equal((await new CookieBrowser().ask(`${own.url}/sign-in/oidc`)).status, 503);
  const cookie = await signInAt(own, house.admin);
  assert.equal((await fetch(`${own.url}/coverage`, { headers: { cookie } })).status, 200);
  const back = await openOidcIssuer(Number(new URL(url).port));
  back.serve(`${own.url}/sign-in/oidc/callback`);
  back.as({ email: "ana@example.com", email_verified: true, groups: ["sec"] });
  house.clock.laterMs = MINUTE;
  assert.equal((await new CookieBrowser().go(`${own.url}/sign-in/oidc`)).answer.status, 200);
  house.clock.laterMs = 0;
  await Promise.all([own.close(), back.close()]);
});

test("while Redis is away nobody is in, or gets in, by the issuer; tokens open pages", async () => {
  const dir = mkdtempSync(join(tmpdir(), "plimsoll-oidc-"));
  const redis = await startRedis({ dataDir: dir });
  const own = await house.open({ redisUrl: redis.url });
  const { browser } = await house.signIn({}, own);
  assert.equal((await browser.ask(`${own.url}/coverage`)).status, 200);
  await redis.kill();
  const closed = await browser.ask(`${own.url}/coverage`);
  assert.deepEqual([closed.status, /your session cannot be checked/.test(await closed.text())], [503, true]);
  assert.equal((await new CookieBrowser().ask(`${own.url}/sign-in/oidc`)).status, 503);
  const cookie = await signInAt(own, house.admin);
  assert.equal((await fetch(`${own.url}/coverage`, { headers: { cookie } })).status, 200);
  await own.close();
  rmSync(dir, { recursive: true, force: true });
});

test("another site begins no sign-in: its user is asked first", async () => {
  const answer = await fetch(`${house.pages.url}/sign-in/oidc?to=coverage`, {
    headers: { "sec-fetch-site": "cross-site" },
    redirect: "manual",
  });
  assert.deepEqual([answer.status, answer.headers.get("location")], [303, "../sign-in?to=coverage"]);
});
