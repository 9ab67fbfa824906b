import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { pino } from "pino";
import { advanceIncidents } from "../../src/pipeline/incident/advance-incidents.js";
import { CookieBrowser } from "../helpers/cookie-browser.js";
import { finding } from "../helpers/incident-parts.js";
import { CLAIM_RULES, openOidcIssuer, type OidcIssuer } from "../helpers/oidc-issuer.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { openPages, type OpenPages } from "../helpers/open-pages.js";
import { formTokenOf } from "../helpers/page-forms.js";
import { scratchPrefix } from "../helpers/services.js";

const ANA = { email: "ana@example.com", email_verified: true, groups: ["staff", "sec"] };
const READER = { email: "rob@example.com", email_verified: true, groups: ["dev"] };
const lines: string[] = [];
let checks = undefined as unknown as OpenChecks;
let issuer = undefined as unknown as OidcIssuer;
let [pages, other] = [] as unknown as [OpenPages, OpenPages];
let incidentId = "";

before(async () => {
  [checks, issuer] = await Promise.all([openChecks(), openOidcIssuer()]);
  const oidc = {
    ...CLAIM_RULES,
    issuer: issuer.url,
    clientId: issuer.clientId,
    clientSecret: () => issuer.clientSecret,
    scopes: "openid email profile",
  };
  const log = pino({ level: "debug" }, { write: (line) => void lines.push(line) });
  const same = {
    advance: checks.deps,
    admin: [randomBytes(24).toString("hex")],
    prefix: scratchPrefix(),
    log,
    oidc,
    trustedProxies: ["127.0.0.1"],
  };
  pages = await openPages(same);
  other = await openPages(same);
  issuer.serve(`${pages.url}/sign-in/oidc/callback`);
  const at = Date.now() - 600_000;
  const found = finding("critical", at, { keyId: "k1" });
  await checks.store.check.insertFindings([found]);
  await advanceIncidents(checks.deps, [found], [at]);
  incidentId = (await checks.store.incident.readIncidentRows(0))[0]!.transitions[0]!.incidentId;
});
after(async () => {
  await Promise.all([pages.close(), other.close(), issuer.close()]);
  await checks.close();
});

const start = (to = "") => `${pages.url}/sign-in/oidc${to === "" ? "" : `?to=${encodeURIComponent(to)}`}`;
const isCallback = (url: string) => url.includes("/sign-in/oidc/callback");

/** A browser in which somebody signed in, and where that led. */
async function signIn(account: Parameters<OidcIssuer["as"]>[0], to = "") {
  issuer.as(account);
  const browser = new CookieBrowser();
  const { url, answer } = await browser.go(start(to));
  return { browser, url, status: answer.status, text: await answer.text() };
}

test("whoever is in a group that may act comes back to the page that was asked for, under the verified name, and is not asked for one", async () => {
  const page = await (await fetch(`${pages.url}/coverage`)).text();
  assert.match(page, /href="\.\/sign-in\/oidc\?to=coverage">Sign in with 127\.0\.0\.1:\d+</);
  const way = `incidents/${encodeURIComponent(incidentId)}`;
  const { browser, url, status, text } = await signIn(ANA, way);
  assert.deepEqual([status, url], [200, `${pages.url}/${way}`]);
  assert.match(text, /Signed in as <strong>oidc:ana@example\.com<\/strong> \(may act\)/);
  assert.match(text, /Recorded as <strong>oidc:ana@example\.com<\/strong>, verified by the issuer/);
  assert.doesNotMatch(text, /name="name"/);
  const body = new URLSearchParams({
    form_token: formTokenOf(text),
    act: "acknowledge",
    name: "mallory",
    note: "mine",
  });
  const done = await browser.ask(url, { method: "POST", body });
  assert.equal(done.status, 303);
  assert.doesNotMatch(browser.cookies(pages.url), /plimsoll_name/);
  const [{ transitions } = { transitions: [] }] = await checks.store.incident.readIncidentRows(0);
  assert.equal(transitions.at(-1)?.person?.actor, "oidc:ana@example.com");
});

test("whoever is in a group that may read acts on nothing", async () => {
  const { browser, text, url } = await signIn(READER, `incidents/${encodeURIComponent(incidentId)}`);
  assert.match(text, /oidc:rob@example\.com<\/strong> \(read only\)/);
  assert.match(text, /Your groups can only read/);
  const out = formTokenOf(await (await browser.ask(`${pages.url}/sign-out`)).text());
  const body = new URLSearchParams({ form_token: out, act: "resolve", note: "x", verdict: "benign" });
  assert.equal((await browser.ask(url, { method: "POST", body })).status, 403);
});

test("whoever is in no group, or has no verified email, is refused with the groups that are needed and nothing of theirs", async () => {
  const stranger = await signIn({ ...ANA, groups: ["secret-project", "SEC", "sec "] });
  assert.equal(stranger.status, 403);
  assert.match(stranger.text, /<li>read: dev<\/li>\s*<li>read and act: sec<\/li>/);
  assert.doesNotMatch(stranger.text, /secret-project/);
  const { email, groups } = ANA;
  for (const account of [{ ...ANA, email_verified: false }, { email, groups }, { groups }]) {
    const { status, text, browser } = await signIn(account);
    assert.equal(status, 403);
    assert.match(text, /holds no email that it vouches for/);
    assert.equal(browser.cookie(pages.url, "plimsoll_session"), "");
  }
});

test("a sign-in leads to no page but ours", async () => {
  for (const to of [
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "../../evil",
    "javascript:alert(1)",
  ]) {
    const { url, status } = await signIn(ANA, to);
    assert.deepEqual([status, url], [200, `${pages.url}/`], to);
  }
});

test("a callback counts once, and in the browser that began the sign-in alone", async () => {
  issuer.as(ANA);
  const victim = new CookieBrowser();
  const { url: callback } = await victim.go(start(), isCallback);
  const attacker = new CookieBrowser();
  assert.equal((await attacker.ask(callback)).status, 403, "without the cookie");
  await attacker.go(start(), isCallback);
  assert.equal((await attacker.ask(callback)).status, 403, "with the cookie of another sign-in");
  const cookie = victim.cookie(pages.url, "plimsoll_login");
  assert.equal((await victim.ask(callback)).status, 303);
  assert.equal((await victim.ask(callback)).status, 403, "again");
  victim.setCookie(pages.url, "plimsoll_login", cookie);
  const replayed = await victim.ask(callback);
  assert.deepEqual([replayed.status, /not begun in this browser/.test(await replayed.text())], [403, true]);
});

test("an answer of an attacker's own sign-in signs nobody else in, and ends nothing that a victim began", async () => {
  issuer.as(READER);
  const attacker = new CookieBrowser();
  const { url: foreign } = await attacker.go(start(), isCallback);
  issuer.as(ANA);
  const victim = new CookieBrowser();
  const { url: own } = await victim.go(start(), isCallback);
  assert.equal((await victim.ask(foreign)).status, 403);
  assert.equal((await victim.ask(own)).status, 303);
});

test("a session has an id that nobody chose: one that was planted before the sign-in opens nothing after it", async () => {
  issuer.as(READER);
  const browser = new CookieBrowser();
  const planted = `oidc.${randomBytes(32).toString("base64url")}`;
  browser.setCookie(pages.url, "plimsoll_session", planted);
  await browser.go(start());
  assert.notEqual(browser.cookie(pages.url, "plimsoll_session"), planted);
  assert.equal(
    (await fetch(`${pages.url}/coverage`, { headers: { cookie: `plimsoll_session=${planted}` } })).status,
    401,
  );
  const mine = browser.cookie(pages.url, "plimsoll_session");
  issuer.as(ANA);
  await browser.go(start());
  const former = await fetch(`${pages.url}/coverage`, { headers: { cookie: `plimsoll_session=${mine}` } });
  assert.equal(former.status, 401, "the session before it has ended");
});

test("signing out ends the session at every process at once, also for a copy of its cookie", async () => {
  const { browser } = await signIn(ANA);
  const headers = { cookie: browser.cookies(pages.url) };
  assert.equal((await fetch(`${other.url}/coverage`, { headers })).status, 200);
  const form = await (await browser.ask(`${pages.url}/sign-out`)).text();
  const body = new URLSearchParams({ form_token: formTokenOf(form) });
  assert.equal((await browser.ask(`${pages.url}/sign-out`, { method: "POST", body })).status, 200);
  for (const { url } of [pages, other]) assert.equal((await fetch(`${url}/coverage`, { headers })).status, 401);
});

test("cookies of a sign-in are HttpOnly and Lax, and neither they nor codes, states or the client secret are in the log", async () => {
  issuer.as(ANA);
  const browser = new CookieBrowser();
  const begun = await browser.ask(start());
  assert.match(
    begun.headers.getSetCookie().join(),
    /^plimsoll_login=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/,
  );
  const { url: callback } = await browser.go(begun.headers.get("location")!, isCallback);
  const secrets = [browser.cookie(pages.url, "plimsoll_login"), ...new URL(callback).searchParams.values()];
  const entered = await browser.ask(callback);
  assert.match(
    entered.headers.getSetCookie().join(),
    /plimsoll_session=oidc\.[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Lax/,
  );
  secrets.push(browser.cookie(pages.url, "plimsoll_session"), issuer.clientSecret);
  await browser.ask(callback);
  const logged = lines.join("");
  assert.match(logged, /"person":"oidc:ana@example\.com","msg":"a sign-in succeeded"/);
  for (const secret of secrets.filter((one) => one !== issuer.url))
    assert.ok(secret.length > 20 && !logged.includes(secret), secret.slice(0, 6));
});
