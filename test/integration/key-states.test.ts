import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Finding } from "../../src/model/finding/finding.js";
import { actOnIncident } from "../../src/pipeline/incident/act-on-incident.js";
import { addDays, dayOf, dayStart } from "../../src/time/day.js";
import { bareBaseline } from "../helpers/bare-baseline.js";
import { DAY, finding, HOUR, MINUTE, unknownSourcesLeak } from "../helpers/incident-parts.js";
import { keyVersion } from "../helpers/key-version.js";
import { openOutboxStory, type OutboxStory } from "../helpers/outbox-story.js";
import { openPages, type OpenPages } from "../helpers/open-pages.js";
import { runCli } from "../helpers/run-cli.js";
import { insertEvents, perMinute } from "../helpers/rule-traffic.js";

const NOW = Math.floor(Date.now() / MINUTE) * MINUTE;
const YESTERDAY = addDays(dayOf(NOW), -1);
let [story, server] = [] as unknown as [OutboxStory, OpenPages];

const run = (
  job: "check-keys" | "learn-baselines",
  tick: number,
  outcome: "evaluated" | "not_evaluated" = "evaluated",
) => ({
  job,
  tick,
  asOf: tick + MINUTE,
  reason: "live" as const,
  outcome,
  detail: "",
  events: 1,
  version: 0,
  keys: 1,
  findings: 0,
  baselineDay: null,
  durationMs: 5,
});

before(async () => {
  story = await openOutboxStory();
  server = await openPages({ advance: story.advanceDeps, pager: story.pager, now: () => NOW });
  const { store } = story;
  const keys = ["calm", "again", "echo", "paged", "suspect", "young", "unlearned", "heir"];
  await store.registry.insertKeys(
    keys.map((keyId) => keyVersion({ keyId, limitPerMinute: 100, replaces: keyId === "heir" ? "calm" : "" })),
    "test",
  );
  for (const keyId of keys) await insertEvents(store, perMinute(keyId, NOW - 10 * MINUTE, [2, 3, 2]));
  // Five hours ago, and for a minute.
  await insertEvents(store, perMinute("calm", NOW - 5 * HOUR, [95]));
  await store.learn.insertBaselines(YESTERDAY, NOW - HOUR, [
    ...["calm", "again", "echo", "paged"].map((keyId) => bareBaseline(YESTERDAY, keyId)),
    bareBaseline(YESTERDAY, "suspect", { suspectUntil: NOW + HOUR }),
    bareBaseline(YESTERDAY, "young", { bornAt: NOW - 2 * DAY }),
  ]);
  await store.check.insertCheckRuns([run("learn-baselines", dayStart(dayOf(NOW))), run("check-keys", NOW - MINUTE)]);
  for (const keyId of ["again", "echo"]) {
    const at = NOW - 50 * MINUTE;
    await story.find([unknownSourcesLeak(keyId, "198.51.100.4", at)]);
    const id = `leak/${keyId}/${new Date(at).toISOString().slice(0, 16).replace(/[-:]/g, "")}`;
    const person = { actor: "Ana", note: "revoked", verdict: "leak", eventId: null, url: null } as const;
    assert.equal(await actOnIncident(story.advanceDeps, id, "resolve", person, NOW - 40 * MINUTE), "done");
  }
  // Of one the unknown sources go on; of the other only the longer windows remember them.
  const remembered = { asn_hosting: { requests: [0, 0, 80, 80] } };
  const echo = unknownSourcesLeak("echo", "198.51.100.4", NOW - MINUTE);
  await story.find([
    unknownSourcesLeak("again", "198.51.100.4", NOW - MINUTE),
    { ...echo, statistics: { ...echo.statistics, novel: remembered } } as unknown as Finding,
    finding("error", NOW - MINUTE, { keyId: "paged" }),
  ]);
});
after(async () => {
  await server.close();
  await story.close();
});

/** Rows of the fleet's keys, as people read them. */
async function fleetRows(): Promise<Map<string, string>> {
  const page = await (await fetch(`${server.url}/`, { headers: { cookie: server.cookie } })).text();
  const keys = page.slice(page.indexOf("Keys: the most dollars"));
  const rows = [...keys.matchAll(/<tr[^>]*>(.*?)<\/tr>/gs)].map(([, row]) =>
    row!
      .replaceAll(/<[^>]+>/g, " ")
      .replaceAll(/\s+/g, " ")
      .trim(),
  );
  return new Map(rows.map((row) => [row.split(" ")[0]!, row]));
}

test("the fleet says OK of a key only where nothing is known against it; of a resolved leak that goes on it says so, at the top", async () => {
  const rows = await fleetRows();
  const saidOf = (keyId: string) =>
    /incident|still leaking|under suspicion|learning|no baseline|OK/.exec(rows.get(keyId)!)?.[0];
  const said = Object.fromEntries([...rows.keys()].filter((key) => key !== "Key").map((key) => [key, saidOf(key)]));
  assert.deepEqual(said, {
    again: "still leaking",
    paged: "incident",
    echo: "under suspicion",
    suspect: "under suspicion",
    young: "learning",
    unlearned: "no baseline",
    calm: "OK",
    heir: "OK",
  });
  const order = [...rows.keys()].filter((key) => key !== "Key");
  assert.deepEqual(order.slice(0, 2).toSorted(), ["again", "paged"]);
  const key = await (await fetch(`${server.url}/keys/again`, { headers: { cookie: server.cookie } })).text();
  assert.match(key, /<dt>State<\/dt>\s*<dd>still leaking\. Its incident was resolved, but the same traffic continues/);
});

test("the busiest minute against the limit is that of all the 24 hours beside it", async () => {
  const rows = await fleetRows();
  assert.match(rows.get("calm")!, / 95 % of 100 /);
  assert.match(rows.get("again")!, / 3 % of 100 /);
});

test("where no key was checked for a while the fleet says since when, and of no key that it is OK now", async (t) => {
  const later = await openPages({ advance: story.advanceDeps, now: () => NOW + 20 * MINUTE });
  t.after(() => later.close());
  const text = await (await fetch(`${later.url}/`, { headers: { cookie: later.cookie } })).text();
  const checked = new Date(NOW - MINUTE).toISOString().slice(0, 16).replace("T", " ");
  assert.match(text, new RegExp(`role="alert">\\s*Keys are not checked since ${checked} UTC`));
  assert.match(text, new RegExp(`>not checked since ${checked} UTC<`));
  assert.ok(!text.includes(">OK<"));
});

/** A page as people read it. */
const pageOf = async (way: string) =>
  (await (await fetch(`${server.url}/${way}`, { headers: { cookie: server.cookie } })).text())
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll(/\s+/g, " ");

test("keys under suspicion are as many on /coverage as on their own pages, whatever made them suspect", async () => {
  const suspects = [];
  for (const keyId of ["calm", "again", "echo", "paged", "suspect", "young", "unlearned", "heir"])
    if (/it is under suspicion, so its traffic is not learned/.test(await pageOf(`keys/${keyId}`)))
      suspects.push(keyId);
  assert.deepEqual(suspects, ["again", "echo", "paged", "suspect"]);
  assert.match(await pageOf("coverage"), /Under suspicion, so their traffic is not learned: 4\./);
});

test("while no source is heard nothing good is said of a key, on its page, in the fleet and on the command line, and /coverage says why", async () => {
  const { client, check } = story.store;
  await client.command({ query: "DELETE FROM check_runs WHERE job = 'check-keys'" });
  const silent = Array.from({ length: 9 }, (_, i) => run("check-keys", NOW - i * MINUTE, "not_evaluated"));
  await check.insertCheckRuns([...silent, run("check-keys", NOW - 9 * MINUTE)].toReversed());
  const since = `not checked since ${new Date(NOW - 9 * MINUTE).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  assert.match(await pageOf("keys/calm"), new RegExp(`State ${since}\\. Nothing was known against it until then\\.`));
  assert.match(await pageOf("keys/again"), /State still leaking\./);
  assert.match(await pageOf(""), new RegExp(`Keys are ${since}`));
  assert.match(await pageOf("coverage"), /No key is being watched: no source is reporting/);
  const cli = async (...args: string[]) => runCli(["keys", "show", ...args], { CLICKHOUSE_URL: story.clickhouseUrl });
  assert.match((await cli("calm")).stdout, new RegExp(`watch state +${since}\\. Nothing was known`));
  const { watch_state, checks_current, not_checked_since } = JSON.parse((await cli("calm", "--json")).stdout) as Record<
    string,
    unknown
  >;
  assert.deepEqual(
    [watch_state, checks_current, not_checked_since],
    ["ok", false, new Date(NOW - 9 * MINUTE).toISOString()],
  );
});
