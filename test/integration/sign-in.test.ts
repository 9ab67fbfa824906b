import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { Redis } from "ioredis";
import { pino } from "pino";
import { openEndedSessions } from "../../src/store/view/ended-sessions.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { openPages, type OpenPages } from "../helpers/open-pages.js";
import { formTokenOf, signInAt } from "../helpers/page-forms.js";
import { scratchPrefix, testServices } from "../helpers/services.js";

const [READ, ADMIN] = [randomBytes(24).toString("hex"), randomBytes(24).toString("hex")];
const lines: string[] = [];
let checks = undefined as unknown as OpenChecks;
let [one, other] = [] as unknown as [OpenPages, OpenPages];

before(async () => {
  checks = await openChecks();
  const log = pino({ level: "debug" }, { write: (line) => void lines.push(line) });
  // Two processes of one Plimsoll: they share nothing but tokens and Redis.
  const same = { advance: checks.deps, read: [READ], admin: [ADMIN], prefix: scratchPrefix(), log };
  [one, other] = await Promise.all([openPages(same), openPages(same)]);
});
after(async () => {
  await Promise.all([one.close(), other.close()]);
  await checks.close();
});

const look = async (pages: OpenPages, cookie: string) =>
  (await fetch(`${pages.url}/sign-out`, { headers: { cookie } })).status;
const show = async (pages: OpenPages, token: string, headers: Record<string, string> = {}) => {
  const body = new URLSearchParams({ token });
  const startedAt = performance.now();
  const { status } = await fetch(`${pages.url}/sign-in`, { method: "POST", body, headers, redirect: "manual" });
  return { status, ms: performance.now() - startedAt };
};
async function signOut(pages: OpenPages, cookie: string, changed: Record<string, string> = {}, token?: string) {
  const page = await fetch(`${pages.url}/sign-out`, { headers: { cookie } });
  return fetch(`${pages.url}/sign-out`, {
    method: "POST",
    body: new URLSearchParams({ form_token: token ?? formTokenOf(await page.text()) }),
    headers: { cookie, "sec-fetch-site": "same-origin", ...changed },
  });
}

test("signing out ends the session for whoever has its cookie, at every process, and no other session", async () => {
  const [mine, another] = [await signInAt(one, ADMIN), await signInAt(one, ADMIN)];
  assert.notEqual(mine, another);
  assert.equal(await look(other, mine), 200);
  const out = await signOut(one, mine);
  assert.equal(out.status, 200);
  assert.match(out.headers.get("set-cookie") ?? "", /^plimsoll_session=; .*Max-Age=0/);
  assert.match(await out.text(), /role="status">This session has ended/);
  assert.deepEqual([await look(one, mine), await look(other, mine)], [401, 401]);
  assert.deepEqual([await look(one, another), await look(other, another)], [200, 200]);
  assert.match(lines.join(""), /"token":"ops","msg":"a session was ended"/);
});

test("nobody is signed in by another site: a browser that was sent here by one gets no session, and its failure slows nobody down", async () => {
  const foreign: readonly Record<string, string>[] = [
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site", origin: one.url },
    { origin: "https://elsewhere.example" },
    { origin: "null" },
  ];
  for (const headers of foreign) {
    const body = new URLSearchParams({ token: READ });
    const answer = await fetch(`${one.url}/sign-in`, { method: "POST", body, headers, redirect: "manual" });
    assert.deepEqual([answer.status, answer.headers.get("set-cookie")], [403, null], JSON.stringify(headers));
    assert.match(await answer.text(), /sent by another site: sign in from here/);
  }
  for (const headers of [{ "sec-fetch-site": "same-origin", origin: one.url }, { origin: one.url }])
    assert.equal((await show(one, READ, headers)).status, 303);
});

test("nobody is signed out by another site, or without the session's form", async () => {
  const cookie = await signInAt(one, READ);
  const foreign: readonly (readonly [Record<string, string>, string | undefined])[] = [
    [{ "sec-fetch-site": "cross-site" }, undefined],
    [{}, ""],
    [{}, "0".repeat(64)],
  ];
  for (const [headers, token] of foreign) assert.equal((await signOut(one, cookie, headers, token)).status, 403);
  assert.equal(await look(one, cookie), 200);
  assert.equal((await signOut(one, cookie)).status, 200, "who may only look may sign out");
});

test("while Redis is away a sign-out counts in the process that took it, which says that the others were not told", async () => {
  const away = new Redis({ port: 1, enableOfflineQueue: false, retryStrategy: () => null, lazyConnect: true });
  const ended = openEndedSessions(away, scratchPrefix());
  assert.equal(await ended.end("a", Date.now() + 60_000), false);
  const isEnded = async (id: string) => ended.isEnded({ id, from: Date.now() }, Date.now());
  assert.deepEqual([await isEnded("a"), await isEnded("b")], [true, false]);
  away.disconnect();
});

test("a session that was signed out does not come back with a Redis that was emptied, and a new one is let in", async () => {
  const redis = new Redis(testServices().redisUrl);
  const prefix = scratchPrefix();
  const from = Date.now() - 3_600_000;
  const ended = openEndedSessions(redis, prefix);
  await ended.remember(from);
  await ended.end("out", Date.now() + 60_000);
  const elsewhere = openEndedSessions(redis, prefix);
  const isEnded = async (id: string, began: number) => elsewhere.isEnded({ id, from: began }, Date.now());
  assert.deepEqual([await isEnded("out", from), await isEnded("in", from)], [true, false]);
  await redis.del(`${prefix}:ended-session:out`, `${prefix}:ended-sessions-since`);
  assert.deepEqual(
    [await isEnded("out", from), await isEnded("in", from), await isEnded("new", Date.now())],
    [true, true, false],
  );
  redis.disconnect();
});

test("what has ended is kept no longer than the session would have lasted", async () => {
  const redis = new Redis(testServices().redisUrl);
  const prefix = scratchPrefix();
  await openEndedSessions(redis, prefix).end("a", Date.now() + 60_000);
  const left = await redis.pttl(`${prefix}:ended-session:a`);
  redis.disconnect();
  assert.ok(left > 0 && left <= 60_000, `${left}`);
});

test("who guesses waits, is logged by address and never by token, and shuts out nobody that was in before", async () => {
  const known = (
    await fetch(`${one.url}/sign-in`, {
      method: "POST",
      body: new URLSearchParams({ token: READ }),
      redirect: "manual",
    })
  ).headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");
  const guesses = Array.from({ length: 5 }, () => randomBytes(24).toString("hex"));
  for (const guess of guesses) assert.equal((await show(one, guess, { "x-forwarded-for": "203.0.113.9" })).status, 403);
  const startedAt = performance.now();
  const begun = Promise.all(Array.from({ length: 40 }, () => show(one, "guessed at once")));
  const entered = await show(one, READ, { cookie: known });
  const answers = await begun;
  // Four at once, each for a second or more.
  const judged = answers.filter(({ status }) => status === 403);
  assert.ok(judged.length >= 4 && judged.length <= 4 * Math.ceil((performance.now() - startedAt) / 1000));
  assert.ok(judged.every(({ ms }) => ms > 900));
  assert.ok(answers.filter(({ status }) => status === 429).length === 40 - judged.length);
  assert.equal(entered.status, 303);
  const log = lines.join("");
  assert.match(log, /"peer":"127\.0\.0\.1","forwardedFor":"203\.0\.113\.9","failures":5,"msg":"a sign-in failed"/);
  assert.match(log, /"peer":"127\.0\.0\.1","token":"viewer","msg":"a sign-in succeeded"/);
  for (const token of [READ, ADMIN, ...guesses]) {
    for (const piece of [token, token.slice(0, 8), token.slice(-8)]) assert.ok(!log.includes(piece));
  }
});

test("a link from another site opens its page, and says who is signed in; what it makes a browser send is taken nowhere", async () => {
  const entered = await fetch(`${one.url}/sign-in`, {
    method: "POST",
    body: new URLSearchParams({ token: ADMIN }),
    redirect: "manual",
  });
  for (const cookie of entered.headers.getSetCookie())
    assert.match(cookie, /; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/);
  const [session = ""] = entered.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
  // As a browser sends it for a click on another site, whose cookies are Lax.
  const headers = { cookie: session, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
  const page = await fetch(`${one.url}/coverage`, { headers });
  assert.equal(page.status, 200);
  assert.match(await page.text(), /<strong>ops<\/strong> \(may act\)[\s\S]*href="\.\/sign-out">Sign out</);
  const out = await fetch(`${one.url}/sign-out`, { method: "POST", headers, body: new URLSearchParams() });
  assert.equal(out.status, 403);
  const closed = await (await fetch(`${one.url}/coverage`)).text();
  assert.doesNotMatch(closed, /Signed in as|>Sign out</);
});

test("only a trusted proxy says that a browser came by TLS, and from where: then, or where the base URL says so, the cookies are Secure", async () => {
  const claims = { "x-forwarded-proto": "https", "x-forwarded-for": "198.51.100.7, 203.0.113.9" };
  const same = { read: [READ], prefix: scratchPrefix() };
  const logged: string[] = [];
  const log = pino({ level: "info" }, { write: (line) => void logged.push(line) });
  for (const [trustedProxies, isSecure, peer, baseUrl] of [
    [["127.0.0.0/8"], true, "203.0.113.9", null],
    [["10.0.0.0/8"], false, "127.0.0.1", null],
    [[], false, "127.0.0.1", null],
    [[], true, "127.0.0.1", "https://plimsoll.example"],
  ] as const) {
    const pages = await openPages({ ...same, advance: { ...checks.deps, baseUrl }, log, trustedProxies });
    const body = new URLSearchParams({ token: READ });
    const answer = await fetch(`${pages.url}/sign-in`, { method: "POST", body, headers: claims, redirect: "manual" });
    const cookies = answer.headers.getSetCookie();
    await pages.close();
    assert.deepEqual(
      cookies.map((cookie) => cookie.includes("; Secure;")),
      [isSecure, isSecure],
    );
    assert.match(
      logged.at(-1) ?? "",
      new RegExp(`"peer":"${peer.replaceAll(".", "\\.")}".*"msg":"a sign-in succeeded"`),
    );
  }
});
