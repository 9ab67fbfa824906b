import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { changeSuppression } from "../../src/pipeline/change-suppression.js";
import { DAY, HOUR, MINUTE, strangersLeak } from "../helpers/incident-parts.js";
import { keyVersion } from "../helpers/key-version.js";
import { openOutboxStory, type OutboxStory } from "../helpers/outbox-story.js";
import { openPages, type OpenPages } from "../helpers/open-pages.js";
import { formTokenOf } from "../helpers/page-forms.js";
import { runCli } from "../helpers/run-cli.js";

const NOW = Math.floor(Date.now() / MINUTE) * MINUTE;
const [READ, ADMIN] = ["read-token-of-the-test", "admin-token-of-the-test"];
let [story, pages] = [] as unknown as [OutboxStory, OpenPages];

before(async () => {
  story = await openOutboxStory();
  pages = await openPages({ advance: story.advanceDeps });
  const ids = ["moved", "mistaken", "wide", "home", "web"];
  await story.store.insertKeys(
    ids.map((keyId) => keyVersion({ keyId })),
    "test",
  );
});
after(async () => {
  await pages.close();
  await story.close();
});

const cli = async (...args: string[]) => runCli(args, { CLICKHOUSE_URL: story.clickhouseUrl, USER: "ana" });
const leakAt = (keyId: string, address: string, at: number) => story.find([strangersLeak(keyId, address, at)]);
const incidentAt = (keyId: string, at: number) =>
  `leak/${keyId}/${new Date(at).toISOString().slice(0, 16).replace(/[-:]/g, "")}`;
const kindsOf = async (keyId: string) =>
  (
    await story.ask<{ kind: string }>(
      `SELECT kind FROM incident_transitions WHERE key_id = '${keyId}' AND kind NOT IN ('quieted', 'updated') ORDER BY incident_id, sequence`,
    )
  ).map(({ kind }) => kind);
/** Expects an incident on the command line; gives the suppression's id. */
async function expectIt(incident: string, ...more: string[]): Promise<string> {
  const { code, stdout, stderr } = await cli("incidents", "expect", incident, "--note", "a move", ...more);
  assert.equal(code, 0, stderr);
  return /^suppression (\S+)$/m.exec(stdout)![1]!;
}
const shown = async (id: string) =>
  JSON.parse((await cli("suppressions", "show", id, "--json")).stdout) as {
    readonly state: string;
    readonly hidden: number;
    readonly networks: readonly string[];
    readonly revisions: readonly { readonly action: string; readonly by: string; readonly note: string }[];
  };

test("what a suppression would have hidden is shown before it is recorded, and changes nothing", async () => {
  const at = NOW - 3 * HOUR;
  for (const [minute, address] of [
    [0, "203.0.113.5"],
    [1, "203.0.113.6"],
    [2, "198.51.100.9"],
  ] as const)
    await leakAt("moved", address, at + minute * MINUTE);
  const incident = incidentAt("moved", at);
  const would = await cli("suppressions", "preview", incident, "--network", "203.0.113.0/29");
  assert.equal(would.code, 0, would.stderr);
  assert.match(
    would.stdout,
    /would have hidden 2 of 3 findings from 2 addresses: 2 of the severity of a page, and 1 notification\./,
  );
  assert.match(
    (await cli("suppressions", "preview", incident, "--network", "192.0.2.0/24")).stdout,
    /hidden none of 3 findings/,
  );
  assert.deepEqual([await kindsOf("moved"), (await story.store.readExpectations(0)).length], [["opened"], 0]);
});

test("a suppression that is changed holds as changed from then on, and what it hid before stays hidden and counted", async () => {
  const id = await expectIt(incidentAt("moved", NOW - 3 * HOUR), "--network", "203.0.113.0/29");
  const edited = await cli("suppressions", "edit", id, "--network", "198.51.100.0/28", "--note", "wrong office");
  assert.equal(edited.code, 0, edited.stderr);
  const { state, hidden, networks, revisions } = await shown(id);
  assert.deepEqual([state, hidden, networks], ["active", 2, ["198.51.100.0/28"]]);
  assert.deepEqual(
    revisions.map(({ action, by, note }) => [action, by, note]),
    [
      ["recorded", "ana", "a move"],
      ["changed", "ana", "wrong office"],
    ],
  );
  await leakAt("moved", "198.51.100.9", NOW + 2 * HOUR);
  assert.deepEqual(await kindsOf("moved"), ["opened", "resolved"]);
  await leakAt("moved", "203.0.113.5", NOW + 3 * HOUR);
  assert.deepEqual(await kindsOf("moved"), ["opened", "resolved", "reopened"]);
  const wrong = await cli("suppressions", "edit", id, "--network", "everywhere");
  assert.deepEqual([wrong.code, /--network everywhere: it is a block/.test(wrong.stderr)], [2, true]);
  assert.equal((await cli("suppressions", "edit", id)).code, 2);
  assert.equal((await cli("suppressions", "show", "no-such")).code, 1);
});

test("of two who change a suppression at once one is told that the other did", async () => {
  const [one] = await story.store.readExpectations(0);
  const person = (actor: string) => ({ actor, note: "", verdict: "", eventId: "", url: "" }) as const;
  const change = (actor: string) =>
    changeSuppression(
      story.advanceDeps,
      one!.expectationId,
      { networks: [`192.0.2.${actor.length}/32`], until: null },
      person(actor),
      Date.now(),
    );
  const outcomes = await Promise.all([change("Ana"), change("Bo"), change("Cleo")]);
  const revisions = (await story.store.readExpectations(0, { expectationId: one!.expectationId })).length;
  const changed = outcomes.filter((outcome) => outcome === "changed").length;
  assert.equal(revisions, 2 + changed, outcomes.join());
  assert.ok(
    changed >= 1 && outcomes.every((outcome) => outcome === "changed" || outcome === "changed by somebody else"),
  );
});

test("a suppression that is withdrawn hides nothing more; what goes on is open again at once, and on-call is notified", async () => {
  await leakAt("mistaken", "203.0.113.40", NOW - 5 * MINUTE);
  await story.deliver();
  const incident = incidentAt("mistaken", NOW - 5 * MINUTE);
  const id = await expectIt(incident);
  await story.deliver();
  story.told();
  await leakAt("mistaken", "203.0.113.40", NOW - MINUTE);
  assert.deepEqual(await kindsOf("mistaken"), ["opened", "resolved"]);
  const withdrawn = await cli("suppressions", "withdraw", id, "--note", "it was no move");
  assert.deepEqual(
    [withdrawn.code, /is open again, and on-call is notified/.test(withdrawn.stdout)],
    [0, true],
    withdrawn.stderr,
  );
  assert.deepEqual(await kindsOf("mistaken"), ["opened", "resolved", "reopened"]);
  await story.deliver();
  assert.deepEqual(story.told(), [`trigger ${incident}/1 202`]);
  assert.match(
    story.receiver.openAlerts().find(({ event }) => event.dedup_key?.includes("mistaken"))!.event.payload!.summary,
    /80 requests/,
  );
  const { state, hidden } = await shown(id);
  assert.deepEqual([state, hidden], ["withdrawn", 2]);
  const again = await cli("suppressions", "withdraw", id);
  assert.deepEqual([again.code, again.stdout.includes("is withdrawn")], [1, true]);
  await cli("incidents", "resolve", incident, "--as", "leak");
  await leakAt("mistaken", "203.0.113.40", NOW + 4 * HOUR);
  assert.equal((await kindsOf("mistaken")).at(-1), "reopened");
});

test("networks wider than a /16 or as wide as an ISP are taken only with --yes, and their preview is said; everywhere never", async () => {
  await story.store.client.insert({
    table: "networks",
    values: [
      { prefix: "203.0.112.0/20", asn: 64501, name: "Homes Telecom", type: "isp", version: "t", refreshed_at: 0 },
      { prefix: "198.51.100.0/24", asn: 64502, name: "Hosts", type: "hosting", version: "t", refreshed_at: 0 },
    ],
    format: "JSONEachRow",
  });
  await leakAt("wide", "203.0.113.40", NOW - 5 * MINUTE);
  const incident = incidentAt("wide", NOW - 5 * MINUTE);
  const asked = async (network: string, ...more: string[]) =>
    cli("incidents", "expect", incident, "--network", network, ...more);
  for (const [network, why] of [
    ["203.0.0.0/15", /Wide: 203\.0\.0\.0\/15 is wider than a \/16\.[\s\S]*would have hidden 1 of 1 finding.*--yes/],
    ["203.0.112.0/23", /Wide: 203\.0\.112\.0\/23 is shared by customers of an ISP \(Homes Telecom\)/],
    ["203.0.96.0/19", /Homes Telecom/],
  ] as const) {
    const { code, stderr } = await asked(network);
    assert.equal(code, 2, network);
    assert.match(stderr.replaceAll("\n", " "), why);
  }
  for (const network of ["0.0.0.0/0", "::/0"]) {
    const { code, stderr } = await asked(network, "--yes");
    assert.equal(code, 2);
    assert.match(stderr, /Refused: these networks are a large part of the internet/);
  }
  assert.deepEqual(
    [await kindsOf("wide"), (await cli("suppressions", "preview", incident, "--network", "203.0.113.0/15")).code],
    [["opened"], 1],
  );
  // One office in an ISP's network, and a network of hosts, are nothing of the kind.
  for (const network of ["203.0.113.0/28", "198.51.100.0/24"])
    assert.equal((await cli("suppressions", "preview", incident, "--network", network)).code, 0, network);
  const id = await expectIt(incident, "--network", "203.0.112.0/23", "--yes");
  const wider = await cli("suppressions", "edit", id, "--network", "203.0.0.0/15");
  assert.deepEqual([wider.code, (await shown(id)).networks], [2, ["203.0.112.0/23"]]);
});

test("on the pages one is previewed, changed and withdrawn by who may act, by a form of their own session, and counted on the key's page", async (t) => {
  await leakAt("web", "203.0.113.77", NOW - 5 * MINUTE);
  const incident = incidentAt("web", NOW - 5 * MINUTE);
  const guarded = await openPages({ advance: story.advanceDeps, read: [READ], admin: [ADMIN] });
  t.after(() => guarded.close());
  const signIn = async (token: string) =>
    (
      await fetch(`${guarded.url}/sign-in`, {
        method: "POST",
        body: new URLSearchParams({ token }),
        redirect: "manual",
      })
    ).headers
      .get("set-cookie")!
      .split(";")[0]!;
  const [reader, admin] = [await signIn(READ), await signIn(ADMIN)];
  const get = async (way: string, cookie: string) =>
    (await fetch(`${guarded.url}/${way}`, { headers: { cookie } })).text();
  const post = async (
    way: string,
    fields: Record<string, string>,
    cookie = admin,
    changed: Record<string, string> = {},
  ) => {
    const formToken = changed["token"] ?? formTokenOf(await get(way, cookie));
    const { token: _, ...headers } = changed;
    const answer = await fetch(`${guarded.url}/${way}`, {
      method: "POST",
      body: new URLSearchParams({ form_token: formToken, ...fields }),
      headers: { cookie, "sec-fetch-site": "same-origin", ...headers },
      redirect: "manual",
    });
    return { status: answer.status, text: await answer.text(), to: answer.headers.get("location") };
  };
  const until = new Date(NOW + DAY).toISOString().slice(0, 16);
  const form = { name: "Ana", note: "a move", until, networks: "203.0.113.64/28" };
  const way = `incidents/${encodeURIComponent(incident)}`;
  const previewed = await post(way, { act: "preview", networks: "203.0.113.64/28", until });
  assert.equal(previewed.status, 200);
  assert.match(previewed.text, /would have hidden 1 of 1 finding from 1 address:/);
  const wide = await post(way, { act: "expect", ...form, networks: "203.0.0.0/15" });
  assert.equal(wide.status, 422);
  assert.match(
    wide.text,
    /networks-problem"[^>]*>These are wide[\s\S]*203\.0\.0\.0\/15 is wider than a \/16[\s\S]*name="sure"/,
  );
  assert.equal((await post(way, { act: "expect", ...form, networks: "0.0.0.0/0", sure: "yes" })).status, 422);
  assert.deepEqual(await kindsOf("web"), ["opened"]);
  assert.equal((await post(way, { act: "expect", ...form })).status, 303);
  const [one] = await story.store.readExpectations(0, { incidentId: incident });
  const id = one!.expectationId;
  const own = `suppressions/${encodeURIComponent(id)}`;

  assert.ok((await get("suppressions", reader)).includes(`href="./${own}"`));
  assert.match(await get("keys/web", reader), /Suppressions: 1 finding hidden/);
  assert.match(await get(own, reader), /Your token is for reading/);
  assert.ok(!(await get(own, reader)).includes("form_token"));
  const refused = [
    await post(own, { act: "withdraw", ...form }, reader, { token: "0".repeat(64) }),
    await post(own, { act: "withdraw", ...form }, admin, { token: "0".repeat(64) }),
    await post(own, { act: "withdraw", ...form }, admin, { "sec-fetch-site": "cross-site" }),
  ];
  assert.deepEqual(
    refused.map(({ status }) => status),
    [403, 403, 403],
  );
  assert.equal((await shown(id)).state, "active");
  const wrong = await post(own, { act: "edit", ...form, networks: "nowhere", note: "" });
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /role="alert">Nothing was done: note: Say why[^<]* networks: nowhere is not a network/);
  assert.match(
    (await post(own, { act: "preview", networks: "192.0.2.0/24", until })).text,
    /would have hidden none of 1 finding/,
  );
  const sure = { act: "edit", ...form, networks: "203.0.0.0/15" };
  assert.equal((await post(own, sure)).status, 422);
  assert.match((await post(own, { ...sure, sure: "yes" })).to!, /said=changed$/);
  assert.deepEqual((await shown(id)).networks, ["203.0.0.0/15"]);
  const withdrawn = await post(own, { act: "withdraw", name: "Bo", note: "no move" });
  assert.match(withdrawn.to!, /said=reopened$/);
  assert.match(await get(`${own}?said=reopened`, admin), /role="status">Withdrawn\. It was found within the hour/);
  assert.doesNotMatch(await get(`${own}?said=is%20over`, admin), /role="status"/);
  assert.deepEqual(await kindsOf("web"), ["opened", "resolved", "reopened"]);
  assert.match(
    (
      await post(own, { act: "withdraw", name: "Bo", note: "again" }, admin, {
        token: formTokenOf(await get(way, admin)),
      })
    ).to!,
    /is%20withdrawn/,
  );
});
