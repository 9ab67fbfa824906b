import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { REDIS_PREFIX } from "../../src/app.js";
import { startRedis, type LocalRedis } from "../../src/local/services/embedded-redis.js";
import { advanceIncidents } from "../../src/pipeline/incident/advance-incidents.js";
import { parseWebhook } from "../../src/http/pagerduty-webhook.js";
import { parseAct } from "../../src/web/parse-act.js";
import { CookieBrowser } from "../helpers/cookie-browser.js";
import { finding } from "../helpers/incident-parts.js";
import { keyVersion } from "../helpers/key-version.js";
import { CLAIM_RULES, openOidcIssuer, type OidcIssuer } from "../helpers/oidc-issuer.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { openPages, type OpenPages } from "../helpers/open-pages.js";
import { formTokenOf, signInAt } from "../helpers/page-forms.js";
import { runCli } from "../helpers/run-cli.js";
import { until } from "../helpers/until.js";

const HOSTILE = `=cmd|' /C calc'!A0 <script>alert(1)</script>`;
const ADMIN = randomBytes(24).toString("hex");
const dir = mkdtempSync(join(tmpdir(), "plimsoll-audit-"));
let checks = undefined as unknown as OpenChecks;
let issuer = undefined as unknown as OidcIssuer;
let redis = undefined as unknown as LocalRedis;
let pages = undefined as unknown as OpenPages;
let way = "";
let cookie = "";

before(async () => {
  [checks, issuer, redis] = await Promise.all([openChecks(), openOidcIssuer(), startRedis({ dataDir: dir })]);
  pages = await openPages({
    advance: checks.deps,
    admin: [ADMIN],
    prefix: REDIS_PREFIX,
    redisUrl: redis.url,
    trustedProxies: ["127.0.0.1"],
    oidc: {
      issuer: issuer.url,
      clientId: issuer.clientId,
      clientSecret: () => issuer.clientSecret,
      scopes: "openid email profile",
      ...CLAIM_RULES,
    },
  });
  issuer.serve(`${pages.url}/sign-in/oidc/callback`);
  await checks.store.registry.insertKeys([keyVersion({ keyId: "k1" })], "test", "deploy-token");
  const at = Date.now() - 600_000;
  const found = finding("critical", at, { keyId: "k1" });
  await checks.store.check.insertFindings([found]);
  await advanceIncidents(checks.deps, [found], [at]);
  way = `incidents/${encodeURIComponent((await checks.store.incident.readIncidentRows(0))[0]!.transitions[0]!.incidentId)}`;
  cookie = await signInAt(pages, ADMIN);
});
after(async () => {
  await Promise.all([pages.close(), issuer.close()]);
  await redis.kill();
  await checks.close();
  rmSync(dir, { recursive: true, force: true });
});

const env = () => ({ CLICKHOUSE_URL: checks.url, REDIS_URL: redis.url });
const audit = async (query = "") => {
  const answer = await fetch(`${pages.url}/audit${query}`, { headers: { cookie } });
  return { status: answer.status, text: await answer.text() };
};
async function signIn(email: string, groups: readonly string[]) {
  issuer.as({ email, email_verified: true, groups });
  const browser = new CookieBrowser("198.51.100.7");
  const { answer } = await browser.go(`${pages.url}/sign-in/oidc`);
  return { browser, status: answer.status };
}
const look = async (browser: CookieBrowser) => (await browser.ask(`${pages.url}/coverage`)).status;

test("the audit log says who signed in or was refused, from where, and who did what under which name, newest first, and holds no secret", async () => {
  const { browser } = await signIn("ana@example.com", ["sec"]);
  await signIn("eve@example.com", []);
  const wrong = randomBytes(24).toString("hex");
  for (let i = 0; i < 2; i += 1)
    await fetch(`${pages.url}/sign-in`, {
      method: "POST",
      headers: { "x-forwarded-for": "203.0.113.66" },
      body: new URLSearchParams({ token: wrong }),
    });
  const form = formTokenOf(await (await browser.ask(`${pages.url}/${way}`)).text());
  const body = new URLSearchParams({ form_token: form, act: "acknowledge", note: HOSTILE });
  assert.equal((await browser.ask(`${pages.url}/${way}`, { method: "POST", body })).status, 303);
  await until("a refusal is on record", async () =>
    (await audit("?area=session&who=eve")).text.includes("session refused"),
  );
  await until("attempts are on record", async () => (await audit("?format=csv")).text.includes("unknown_token"));
  const { text } = await audit();
  assert.match(text, /oidc:ana@example\.com[\s\S]{0,40}verified[\s\S]{0,200}incident acknowledged/);
  assert.match(text, /session signed in[\s\S]{0,200}198\.51\.100\.7/);
  assert.match(text, /session refused \(2 times\)[\s\S]{0,200}203\.0\.113\.66[\s\S]{0,200}unknown token/);
  assert.match(text, /deploy-token[\s\S]{0,300}key recorded/);
  assert.ok(!text.includes("<script>alert"));
  const csv = (await audit("?format=csv")).text.split("\r\n");
  assert.equal(csv[0], "at,who,verified,way,area,act,subject,key_id,address,note,attempts");
  assert.ok(
    csv.some((line) => line.includes(`oidc:eve@example.com,yes,oidc,session,refused,,,198.51.100.7,no_group,1`)),
  );
  assert.ok(!csv.some((line) => /(^|,)"?=cmd/.test(line)));
  const times = csv.slice(1, -1).map((line) => line.split(",")[0]!);
  assert.deepEqual(times, times.toSorted().toReversed());
  for (const secret of [wrong, ADMIN, browser.cookie(pages.url, "plimsoll_session")])
    assert.ok(!csv.join().includes(secret) && !text.includes(secret));
});

test("the audit log is filtered by person, area and day, and asks for a session", async () => {
  const rows = async (query: string) => (await audit(`?format=csv&${query}`)).text.trim().split("\r\n").slice(1);
  const ofAna = await rows("who=ANA%40example.com");
  assert.ok(ofAna.length >= 2 && ofAna.every((line) => line.includes("oidc:ana@example.com")));
  assert.ok((await rows("area=incident")).every((line) => line.includes(",incident,")));
  assert.deepEqual(await rows("from=2001-01-01&to=2001-01-02"), []);
  assert.equal((await audit("?from=yesterday")).status, 400);
  assert.equal((await fetch(`${pages.url}/audit`)).status, 401);
});

test("an operator lists who is signed in, and ends one session, those of a person, or all: they open nothing at once", async () => {
  const [one, two] = [await signIn("ana@example.com", ["sec"]), await signIn("ana@example.com", ["sec"])];
  const rob = await signIn("rob@example.com", ["dev"]);
  const list = await runCli(["sessions", "list", "--json"], env());
  const listed = JSON.parse(list.stdout) as { session: string; person: string; address: string; may_act: boolean }[];
  assert.ok(listed.some(({ person, address }) => person === "oidc:rob@example.com" && address === "198.51.100.7"));
  const newest = listed.find(({ person }) => person === "oidc:rob@example.com")!;
  assert.ok(!rob.browser.cookies(pages.url).includes(newest.session));
  assert.equal((await runCli(["sessions", "revoke", newest.session], env())).code, 0);
  assert.deepEqual([await look(rob.browser), await look(one.browser)], [401, 200]);
  const ended = await runCli(["sessions", "revoke", "--person", "Ana@example.com"], env());
  assert.equal(ended.code, 0, ended.stderr);
  assert.deepEqual([await look(one.browser), await look(two.browser)], [401, 401]);
  assert.equal((await runCli(["sessions", "revoke", "--person", "ana@example.com"], env())).code, 1);
  assert.equal((await runCli(["sessions", "revoke"], env())).code, 2);
  const again = await signIn("rob@example.com", ["dev"]);
  assert.match((await audit("?area=session&who=ana")).text, /session revoked/);
  assert.equal((await runCli(["sessions", "revoke", "--all"], env())).code, 0);
  const unrecorded = await runCli(["sessions", "revoke", "--all"], {
    ...env(),
    CLICKHOUSE_URL: "http://x:y@127.0.0.1:9/none",
  });
  assert.equal(unrecorded.code, 0);
  assert.match(unrecorded.stderr, /not on record/);
  assert.equal(await look(again.browser), 401);
  assert.equal((await audit()).status, 401, "sessions of tokens, too");
  cookie = await signInAt(pages, ADMIN);
  assert.equal((await audit()).status, 200);
});

test("no typed name passes for a verified one: on a form, on the command line, or in PagerDuty", async () => {
  for (const name of [
    "oidc:ana@example.com",
    "OIDC:x",
    " oidc : x",
    "ｏｉｄｃ：x",
    "o\u200bidc:x",
    "«oidc: x",
    "\u043eidc\u2236x",
  ]) {
    const form = new URLSearchParams({ act: "acknowledge", name });
    const parsed = parseAct(form, Date.now());
    assert.ok(parsed !== null && "problems" in parsed && parsed.problems.name !== undefined, name);
    const { code } = await runCli(["incidents", "ack", "any", "--by", name], env());
    assert.equal(code, 2, name);
    const event = { id: "e1", event_type: "incident.acknowledged", occurred_at: "2026-03-08T02:11:00Z" };
    const body = { event: { ...event, agent: { summary: name }, data: {} } };
    const webhook = parseWebhook(Buffer.from(JSON.stringify(body)));
    assert.match(webhook?.actor ?? "", /^PagerDuty: /, name);
  }
});
