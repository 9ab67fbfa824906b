import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { advanceIncidents } from "../../src/pipeline/incident/advance-incidents.js";
import { openSessions } from "../../src/web/session.js";
import { finding } from "../helpers/incident-parts.js";
import { keyVersion } from "../helpers/key-version.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { openPages, pageToken, type OpenPages } from "../helpers/open-pages.js";
import { ofMinutes } from "../helpers/rule-story.js";
import { insertEvents, perMinute } from "../helpers/rule-traffic.js";

const HOUR = 3_600_000;
const HOSTILE = `<script>alert("1")</script>'&`;
const TOKEN = "read-token-of-the-test-";
const now = Math.floor(Date.now() / HOUR) * HOUR;
const readers = [pageToken(TOKEN, false)];
let checks = undefined as unknown as OpenChecks;
let [guarded, open] = [] as unknown as [OpenPages, OpenPages];
let incidentId = "";

before(async () => {
  checks = await openChecks();
  [guarded, open] = await Promise.all([
    openPages({ advance: checks.deps, read: [TOKEN], now: () => now }),
    openPages({ advance: checks.deps, now: () => now }),
  ]);
  await checks.store.registry.insertKeys([keyVersion({ keyId: "k/1", owner: HOSTILE, limitPerMinute: 100 })], "test");
  await insertEvents(checks.store, perMinute("k/1", now - HOUR, ofMinutes(60, 90)));
  const found = finding("critical", now - HOUR, { keyId: "k/1", summary: `leak of ${HOSTILE}` });
  await checks.store.check.insertFindings([found]);
  const deps = { store: checks.store, baseUrl: null, enqueuePage: async () => {} };
  await advanceIncidents(deps, [found], [now - HOUR]);
  incidentId = (await checks.store.incident.readIncidentRows(0))[0]!.transitions[0]!.incidentId;
});
after(async () => {
  await Promise.all([guarded.close(), open.close()]);
  await checks.close();
});

/** As who is signed in at the open one, and as nobody at the other, unless a test says otherwise. */
const get = async (
  url: string,
  headers: Record<string, string> = { cookie: url.startsWith(open.url) ? open.cookie : "" },
) => {
  const answer = await fetch(url, { headers, redirect: "manual" });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
};
const signIn = (token: string) =>
  fetch(`${guarded.url}/sign-in`, { method: "POST", body: new URLSearchParams({ token }), redirect: "manual" });

test("every page asks for a token that may read; one that is shown opens a session, which ends with the token or after a shift", async () => {
  for (const path of ["/", "/keys/k%2F1", "/keys/k%2F1/dossier", `/incidents/${encodeURIComponent(incidentId)}`]) {
    const { status, text } = await get(guarded.url + path);
    assert.deepEqual([status, text.includes("k/1")], [401, false], path);
  }
  assert.equal((await signIn("another token")).status, 403);
  const entered = await signIn(TOKEN);
  assert.equal(entered.status, 303);
  const given = entered.headers.get("set-cookie") ?? "";
  assert.match(given, /; HttpOnly; SameSite=Lax,/);
  assert.ok(!given.includes(TOKEN));
  const cookie = given.split(";")[0]!;
  assert.equal((await get(`${guarded.url}/`, { cookie })).status, 200);
  const forged = cookie.replace(/=\d+/, `=${now + 24 * HOUR}`);
  assert.equal((await get(`${guarded.url}/`, { cookie: forged })).status, 401);
  const cookies = Object.fromEntries([cookie.split("=")]) as Record<string, string>;
  assert.equal(openSessions(() => readers).read(cookies, now, true)?.until, now + 12 * HOUR);
  assert.equal(openSessions(() => readers).read(cookies, now + 13 * HOUR, true), null);
  assert.equal(openSessions(() => []).read(cookies, now, true), null);
});

test("the fleet leads to the key and to the incident, which shows the page's text and the query behind it; what others wrote is text", async () => {
  const fleet = await get(`${open.url}/`);
  assert.match(fleet.headers.get("content-security-policy") ?? "", /default-src 'none'/);
  const links = [...fleet.text.matchAll(/href="((?:keys|incidents)\/[^"]+)"/g)].map(([, link]) => link!);
  assert.ok(links.some((link) => link === "keys/k%2F1") && links.some((link) => link.startsWith("incidents/")));
  for (const link of links) {
    const { status, text } = await get(`${open.url}/${link}`);
    assert.equal(status, 200, link);
    assert.ok(!text.includes("<script>alert"), link);
    assert.ok(text.includes("&lt;script&gt;alert"), link);
  }
  assert.match(fleet.text, /90 % of 100/);
  assert.ok(!fleet.text.includes("<script>alert"));
  const incident = await get(`${open.url}/incidents/${encodeURIComponent(incidentId)}`);
  assert.match(incident.text, /FROM request_events\s+WHERE key_id IN \[&#39;k\/1&#39;\]/);
  const investigation = await get(`${open.url}/keys/k%2F1/dossier`);
  assert.match(investigation.text, /5,400 requests in the busiest hour/);
});

test("what is not known is said with 404", async () => {
  for (const path of ["/keys/nobody", "/keys/nobody/dossier", "/incidents/none"])
    assert.equal((await get(open.url + path)).status, 404);
});
