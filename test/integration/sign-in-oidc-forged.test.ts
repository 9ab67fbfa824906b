import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { pino } from "pino";
import { startRedis } from "../../src/local/services/embedded-redis.js";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CookieBrowser } from "../helpers/cookie-browser.js";
import { LYING_CLIENT, openLyingIssuer, type Lie, type LyingIssuer } from "../helpers/lying-issuer.js";
import { openOidcIssuer } from "../helpers/oidc-issuer.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { openPages, type OpenPages, type PagesRequest } from "../helpers/open-pages.js";
import { signInAt } from "../helpers/page-forms.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ADMIN = randomBytes(24).toString("hex");
const rules = { nameClaim: "email", groupsClaim: "groups", readGroups: ["dev"], actGroups: ["sec"] };
const lines: string[] = [];
const log = pino({ level: "debug" }, { write: (line) => void lines.push(line) });
let checks = undefined as unknown as OpenChecks;
let issuer = undefined as unknown as LyingIssuer;
let pages = undefined as unknown as OpenPages;
let later = 0;

const oidcOf = (url: string, changed: Partial<NonNullable<PagesRequest["oidc"]>> = {}) => ({
  ...rules,
  issuer: url,
  clientId: LYING_CLIENT,
  clientSecret: () => null,
  scopes: "openid",
  ...changed,
});
const open = async (changed: Partial<PagesRequest> = {}) =>
  openPages({
    advance: checks.deps,
    admin: [ADMIN],
    log,
    trustedProxies: ["127.0.0.1"],
    now: () => Date.now() + later,
    oidc: oidcOf(issuer.url),
    ...changed,
  });

before(async () => {
  [checks, issuer] = await Promise.all([openChecks(), openLyingIssuer()]);
  pages = await open();
});
after(async () => {
  await Promise.all([pages.close(), issuer.close()]);
  await checks.close();
});

/** Begins a sign-in, and gives its state and nonce. */
async function begin(browser: CookieBrowser, at = pages) {
  const begun = await browser.ask(`${at.url}/sign-in/oidc`);
  const { searchParams } = new URL(begun.headers.get("location")!);
  return { state: searchParams.get("state")!, nonce: searchParams.get("nonce")!, query: searchParams };
}
const comeBack = async (browser: CookieBrowser, state: string, at = pages, more = "") =>
  browser.ask(`${at.url}/sign-in/oidc/callback?code=a-code&state=${state}${more}`);

/** Signs in where the issuer says so. */
async function signIn(lie: Lie = {}, at = pages) {
  const browser = new CookieBrowser();
  const { state, nonce } = await begin(browser, at);
  issuer.lie(nonce, lie);
  const answer = await comeBack(browser, state, at);
  return { status: answer.status, text: await answer.text(), browser };
}

const now = () => Math.floor(Date.now() / 1000);
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const LIES: Readonly<Record<string, () => Lie>> = {
  "signed with another key": () => ({ isOtherKey: true }),
  "changed after it was signed": () => ({
    token: (good) => {
      const [head, body, signature] = good.split(".");
      const claims = JSON.parse(Buffer.from(body!, "base64url").toString()) as object;
      return [head, part({ ...claims, email: "root@example.com" }), signature].join(".");
    },
  }),
  "signed by nobody (alg none)": () => ({
    token: (good) => [part({ alg: "none" }), good.split(".")[1], ""].join("."),
  }),
  "signed with the client's id as a secret (HS256)": () => ({
    token: (good) => {
      const signed = `${part({ alg: "HS256", kid: "one" })}.${good.split(".")[1]}`;
      return `${signed}.${createHmac("sha256", LYING_CLIENT).update(signed).digest("base64url")}`;
    },
  }),
  "without a signature": () => ({ token: (good) => good.split(".").slice(0, 2).join(".") }),
  expired: () => ({ claims: { iat: now() - 1200, exp: now() - 600 } }),
  "valid from tomorrow on": () => ({ claims: { nbf: now() + 86_400 } }),
  "without an end": () => ({ claims: { exp: undefined } }),
  "meant for another client": () => ({ claims: { aud: "another" } }),
  "meant for several, and asked for by another": () => ({ claims: { aud: [LYING_CLIENT, "another"], azp: "another" } }),
  "of another issuer": () => ({ claims: { iss: "https://issuer.example" } }),
  "of another sign-in (nonce)": () => ({ claims: { nonce: "x".repeat(43) } }),
  "of no sign-in (no nonce)": () => ({ claims: { nonce: undefined } }),
  "of nobody (no subject)": () => ({ claims: { sub: undefined } }),
};

test("the issuer of this test signs in whom it does not lie about", async () => {
  const { status, browser } = await signIn();
  assert.equal(status, 303);
  assert.match(await (await browser.ask(`${pages.url}/coverage`)).text(), /oidc:ana@example\.com/);
});

for (const [what, lie] of Object.entries(LIES))
  test(`an ID token that is ${what} signs nobody in`, async () => {
    lines.length = 0;
    const { status, text, browser } = await signIn(lie());
    assert.equal(status, 403);
    assert.match(text, /is not valid for this sign-in/);
    assert.equal(browser.cookie(pages.url, "plimsoll_session"), "");
    const logged = lines.join("");
    assert.match(logged, /"reason":"id_token_refused","code":"OAUTH_[A-Z_]+"/);
    const token = issuer.given.at(-1)!;
    for (const secret of [token, ...token.split(".").filter((one) => one.length > 10), "a-code", "ana@example.com"])
      assert.ok(!logged.includes(secret), secret.slice(0, 12));
  });

test("a code that the issuer does not accept, an error of the issuer, and an answer of another one sign nobody in", async () => {
  const refused = await signIn({ status: 400 });
  assert.deepEqual([refused.status, /does not accept the code/.test(refused.text)], [403, true]);
  assert.equal((await signIn({ status: 503 })).status, 503);
  const browser = new CookieBrowser();
  const { state, nonce } = await begin(browser);
  issuer.lie(nonce);
  assert.equal((await comeBack(browser, state, pages, "&iss=https%3A%2F%2Fissuer.example")).status, 403);
  const { state: second } = await begin(browser);
  const denied = await browser.ask(`${pages.url}/sign-in/oidc/callback?error=access_denied&state=${second}`);
  assert.deepEqual([denied.status, /did not sign you in/.test(await denied.text())], [403, true]);
});

test("what goes to the issuer is the challenge of a verifier that stays here, a state and a nonce, new for each sign-in", async () => {
  const [one, two] = [await begin(new CookieBrowser()), await begin(new CookieBrowser())];
  assert.deepEqual(
    ["response_type", "code_challenge_method", "client_id", "redirect_uri"].map((name) => one.query.get(name)),
    ["code", "S256", LYING_CLIENT, `${pages.url}/sign-in/oidc/callback`],
  );
  for (const name of ["state", "nonce", "code_challenge"]) {
    assert.match(one.query.get(name) ?? "", /^[\w-]{43}$/);
    assert.notEqual(one.query.get(name), two.query.get(name));
  }
});

test("a sign-in that was begun more than ten minutes ago is over", async () => {
  const browser = new CookieBrowser();
  const { state, nonce } = await begin(browser);
  issuer.lie(nonce);
  later = 10 * MINUTE + 1;
  assert.equal((await comeBack(browser, state)).status, 403);
  later = 0;
});

test("a session ends after two hours without its browser, and after twelve with it", async () => {
  const { browser } = await signIn();
  const look = async (ms: number) => {
    later = ms;
    const { status } = await browser.ask(`${pages.url}/coverage`);
    later = 0;
    return status;
  };
  for (let hours = 1.5; hours < 12; hours += 1.5) assert.equal(await look(hours * HOUR), 200, `${hours}`);
  assert.equal(await look(12 * HOUR), 401);
  const { browser: idle } = await signIn();
  later = 2 * HOUR;
  assert.equal((await idle.ask(`${pages.url}/coverage`)).status, 401);
  later = 0;
});

test("a session does not count under other groups than it was opened under", async () => {
  const prefix = `{test-${randomBytes(4).toString("hex")}}`;
  const [former, present] = await Promise.all([
    open({ prefix }),
    open({ prefix, oidc: oidcOf(issuer.url, { actGroups: ["security"] }) }),
  ]);
  const { browser } = await signIn({}, former);
  const cookie = browser.cookies(former.url);
  const look = async ({ url }: OpenPages) => (await fetch(`${url}/coverage`, { headers: { cookie } })).status;
  assert.deepEqual([await look(former), await look(present)], [200, 401]);
  await Promise.all([former.close(), present.close()]);
});

test("more than twenty sign-ins a minute from one address wait a second each, and four of them at once", async () => {
  const own = await open();
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
  const own = await open({
    oidc: oidcOf(url, { clientId, clientSecret: () => clientSecret, scopes: "openid email profile" }),
  });
  const view = await (await fetch(`${own.url}/sign-in`)).text();
  assert.match(view, /does not answer at the moment[\s\S]*Sign in with 127\.0\.0\.1:\d+[\s\S]*name="token"/);
  assert.equal((await new CookieBrowser().ask(`${own.url}/sign-in/oidc`)).status, 503);
  const cookie = await signInAt(own, ADMIN);
  assert.equal((await fetch(`${own.url}/coverage`, { headers: { cookie } })).status, 200);
  const back = await openOidcIssuer(Number(new URL(url).port));
  back.serve(`${own.url}/sign-in/oidc/callback`);
  back.as({ email: "ana@example.com", email_verified: true, groups: ["sec"] });
  later = MINUTE;
  assert.equal((await new CookieBrowser().go(`${own.url}/sign-in/oidc`)).answer.status, 200);
  later = 0;
  await Promise.all([own.close(), back.close()]);
});

test("while Redis is away nobody is in, or gets in, by the issuer; tokens open pages", async () => {
  const dir = mkdtempSync(join(tmpdir(), "plimsoll-oidc-"));
  const redis = await startRedis({ dataDir: dir });
  const own = await open({ redisUrl: redis.url });
  const { browser } = await signIn({}, own);
  assert.equal((await browser.ask(`${own.url}/coverage`)).status, 200);
  await redis.kill();
  const closed = await browser.ask(`${own.url}/coverage`);
  assert.deepEqual(
    [closed.status, /whether your session still counts is not known/.test(await closed.text())],
    [503, true],
  );
  assert.equal((await new CookieBrowser().ask(`${own.url}/sign-in/oidc`)).status, 503);
  const cookie = await signInAt(own, ADMIN);
  assert.equal((await fetch(`${own.url}/coverage`, { headers: { cookie } })).status, 200);
  await own.close();
  rmSync(dir, { recursive: true, force: true });
});
