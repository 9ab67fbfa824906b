import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { changeSuppression } from "../../src/pipeline/incident/change-suppression.js";
import { HOUR, MINUTE, unknownSourcesLeak } from "../helpers/incident-parts.js";
import { keyVersion } from "../helpers/key-version.js";
import { openOutboxStory, type OutboxStory } from "../helpers/outbox-story.js";
import { runCli } from "../helpers/run-cli.js";

const NOW = Math.floor(Date.now() / MINUTE) * MINUTE;
let story = undefined as unknown as OutboxStory;

before(async () => {
  story = await openOutboxStory();
  const ids = ["moved", "mistaken", "wide", "home"];
  await story.store.registry.insertKeys(
    ids.map((keyId) => keyVersion({ keyId })),
    "test",
  );
});
after(() => story.close());

const cli = async (...args: string[]) => runCli(args, { CLICKHOUSE_URL: story.clickhouseUrl, USER: "ana" });
const leakAt = (keyId: string, address: string, at: number) =>
  story.find([{ ...unknownSourcesLeak(keyId, address, at), asOf: Date.now() }]);
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
  assert.match(would.stdout, /Outside of these networks, and on that account not hidden: 198\.51\.100\.9\./);
  assert.match(
    (await cli("suppressions", "preview", incident, "--network", "192.0.2.0/24")).stdout,
    /hidden none of 3 findings/,
  );
  assert.deepEqual(
    [await kindsOf("moved"), (await story.store.incident.readSuppressionRevisions(0)).length],
    [["opened"], 0],
  );
});

test("a suppression that is changed holds as changed from then on, and what it hid before stays hidden and counted", async () => {
  const id = await expectIt(incidentAt("moved", NOW - 3 * HOUR), "--network", "203.0.113.0/29");
  await leakAt("moved", "203.0.113.5", NOW - MINUTE);
  const edited = await cli("suppressions", "edit", id, "--network", "198.51.100.0/28", "--note", "wrong office");
  assert.equal(edited.code, 0, edited.stderr);
  const { state, hidden, networks, revisions } = await shown(id);
  assert.deepEqual([state, hidden, networks], ["active", 1, ["198.51.100.0/28"]]);
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
  assert.deepEqual([wrong.code, /--network everywhere: write a block/.test(wrong.stderr)], [2, true]);
  assert.equal((await cli("suppressions", "edit", id)).code, 2);
  assert.equal((await cli("suppressions", "show", "no-such")).code, 1);
});

test("of two who change a suppression at once one is told that the other did", async () => {
  const [one] = await story.store.incident.readSuppressionRevisions(0);
  const person = (actor: string) => ({ actor, note: "", verdict: null, eventId: null, url: null }) as const;
  const change = (actor: string) =>
    changeSuppression(
      story.advanceDeps,
      one!.suppressionId,
      { networks: [`192.0.2.${actor.length}/32`], until: null },
      person(actor),
      Date.now(),
    );
  const outcomes = await Promise.all([change("Ana"), change("Bo"), change("Cleo")]);
  const revisions = await story.store.incident.readSuppressionRevisions(0, { suppressionId: one!.suppressionId });
  const changed = outcomes.filter((outcome) => outcome === "changed").length;
  assert.equal(revisions.length, 2 + changed, outcomes.join());
  assert.ok(
    changed >= 1 && outcomes.every((outcome) => outcome === "changed" || outcome === "changed by someone else"),
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
  assert.equal(withdrawn.code, 0, withdrawn.stderr);
  assert.match(withdrawn.stdout, /is open again and on-call is notified/);
  assert.deepEqual(await kindsOf("mistaken"), ["opened", "resolved", "reopened"]);
  await story.deliver();
  assert.deepEqual(story.told(), [`trigger ${incident}/2 202`], "PagerDuty would fold /1 into an alert that is over");
  assert.match(
    story.receiver.openAlerts().find(({ event }) => event.dedup_key?.includes("mistaken"))!.event.payload!.summary,
    /80 requests/,
  );
  const then = await shown(id);
  assert.deepEqual([then.state, then.hidden], ["withdrawn", 1], "what was found before was told");
  const again = await cli("suppressions", "withdraw", id, "--note", "twice");
  assert.deepEqual([again.code, again.stdout.includes("is withdrawn")], [1, true]);
  await cli("incidents", "resolve", incident, "--as", "leak", "--note", "revoked");
  await leakAt("mistaken", "203.0.113.40", NOW + 4 * HOUR);
  assert.equal((await kindsOf("mistaken")).at(-1), "reopened");
});

test("an incident that another suppression still covers stays ended when one beside it is withdrawn, and notifies nobody", async () => {
  await leakAt("covered", "203.0.113.41", NOW - 5 * MINUTE);
  const incident = incidentAt("covered", NOW - 5 * MINUTE);
  await expectIt(incident);
  await expectIt(incident, "--network", "198.51.100.0/24");
  await story.deliver().then(() => story.told());
  const other = (await story.store.incident.readSuppressionRevisions(0, { incidentId: incident })).at(-1)!;
  const withdrawn = await cli("suppressions", "withdraw", other.suppressionId, "--note", "not ours");
  assert.equal(withdrawn.code, 0, withdrawn.stderr);
  assert.deepEqual(
    (await kindsOf("covered")).filter((kind) => kind === "reopened"),
    [],
  );
  await story.deliver();
  assert.deepEqual(story.told(), []);
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
    cli("incidents", "expect", incident, "--note", "a move", "--network", network, ...more);
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
    assert.match(stderr, /Refused: these networks cover a large part of the internet/);
  }
  assert.deepEqual(
    [await kindsOf("wide"), (await cli("suppressions", "preview", incident, "--network", "203.0.113.0/15")).code],
    [["opened"], 1],
  );
  // One office in an ISP's network, and a network of hosts, are nothing of the kind.
  for (const network of ["203.0.113.0/28", "198.51.100.0/24"])
    assert.equal((await cli("suppressions", "preview", incident, "--network", network)).code, 0, network);
  const id = await expectIt(incident, "--network", "203.0.112.0/23", "--yes");
  const wider = await cli("suppressions", "edit", id, "--network", "203.0.0.0/15", "--note", "wider");
  assert.deepEqual([wider.code, (await shown(id)).networks], [2, ["203.0.112.0/23"]]);
});
