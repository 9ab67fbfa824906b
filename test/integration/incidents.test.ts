import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Registry } from "prom-client";
import { healthRoute } from "../../src/http/health-route.js";
import { pagerDutyRoute } from "../../src/http/pagerduty-route.js";
import { askReadiness } from "../../src/http/readiness.js";
import { openServer, type Server } from "../../src/http/server.js";
import { openLog } from "../../src/log.js";
import { openRedis } from "../../src/store/redis/redis.js";
import { Secret } from "../../src/secret.js";
import { openClock } from "../../src/time/clock.js";
import { DISGUISES } from "../helpers/disguises.js";
import { DAY, finding, HOUR, MINUTE, unknownSourcesLeak } from "../helpers/incident-parts.js";
import { openOutboxStory, type OutboxStory } from "../helpers/outbox-story.js";
import { runCli } from "../helpers/run-cli.js";
import { postWebhook, type WebhookRequest } from "../helpers/post-webhook.js";
import { testServices } from "../helpers/services.js";
import { soundWatch } from "../helpers/sound-watch.js";

const SECRETS = ["one-secret-of-pagerduty", "and-the-next"];
const NOW = Math.floor(Date.now() / MINUTE) * MINUTE;
let [story, server] = [] as unknown as [OutboxStory, Server];
const redis = openRedis(new Secret(testServices().redisUrl), openLog("silent"));
const clock = openClock([
  { name: "Redis", read: async () => Date.now() },
  { name: "ClickHouse", read: async () => Date.now() },
]);

before(async () => {
  story = await openOutboxStory();
  server = await openServer({
    log: openLog("silent"),
    host: "127.0.0.1",
    port: 0,
    routes: [
      pagerDutyRoute({ advance: story.advanceDeps, secrets: () => SECRETS, now: Date.now }),
      healthRoute({
        readiness: async () =>
          askReadiness(
            { store: story.store, redis, clock, watchDeps: watchDepsOf(story), lastCheckFailure: async () => null },
            Date.now(),
          ),
        registry: new Registry(),
      }),
    ],
  });
});
after(async () => {
  await server.close();
  redis.disconnect();
  await story.close();
});

const watchDepsOf = ({ store, pager }: OutboxStory) => ({
  ...soundWatch(store),
  deliver: { pager },
});

/** A leak that is found now, from an address of its own; gives the incident's id. */
async function leak(keyId: string, address: string, at = NOW): Promise<string> {
  await story.find([{ ...unknownSourcesLeak(keyId, address, at), asOf: Date.now() }]);
  return `leak/${keyId}/${new Date(NOW).toISOString().slice(0, 16).replace(/[-:]/g, "")}`;
}
const cli = async (...args: string[]) =>
  runCli(["incidents", ...args], { CLICKHOUSE_URL: story.clickhouseUrl, USER: "ana" });
const states = async () => {
  const rows = await story.ask<{ incident_id: string; state: string }>("SELECT incident_id, state FROM incidents");
  return new Map(rows.map((row) => [row.incident_id, row.state]));
};

const webhook = (key: string, wish: Omit<WebhookRequest, "secret"> & { readonly secret?: string }) =>
  postWebhook(server.url, key, { secret: SECRETS[0]!, ...wish });

test("what people do in PagerDuty is done here, once, by a signature of either secret, and not told back", async () => {
  const id = await leak("webhooked", "198.51.100.1");
  await story.deliver();
  story.told();
  const key = `plimsoll/${id}/1`;
  assert.deepEqual(await webhook(key, { type: "triggered" }), [202, "link"]);
  assert.deepEqual(await webhook(key, { id: "e1" }), [202, "acknowledge"]);
  assert.equal((await states()).get(id), "acknowledged");
  assert.deepEqual(await webhook(key, { id: "e1" }), [202, "repeated"]);
  assert.deepEqual(await webhook(key, { secret: SECRETS[1]!, id: "e2" }), [202, "is acknowledged"]);
  // A note names the incident by its address in PagerDuty alone.
  const note = {
    incident_key: null,
    html_url: null,
    content: "asked growth",
    incident: { html_url: "https://acme.pagerduty.com/incidents/P1" },
  };
  assert.deepEqual(await webhook("", { type: "annotated", data: note }), [202, "note"]);
  assert.deepEqual(await webhook(key, { type: "reassigned", data: { assignees: [{ summary: "Bo" }] } }), [
    202,
    "reassign",
  ]);
  assert.deepEqual(await webhook(key, { type: "resolved" }), [202, "resolve"]);
  assert.equal((await states()).get(id), "resolved");
  await story.deliver();
  assert.deepEqual(story.told(), []);
  const shown = await cli("show", id);
  assert.match(shown.stdout, /noted +by person +error +Ana On-Call +asked growth/);
  assert.match(shown.stdout, /reassigned .* to Bo/);
  assert.doesNotMatch(shown.stdout, /^(keys|clients|verdict|\w+ +null)\s*$/m, "no row without a value");
});

test("a raw key is kept in no name and no note, in PagerDuty's masked and on the command line refused, however disguised", async () => {
  const id = await leak("noted", "198.51.100.8");
  const key = `ghp_${"a1B2c3D4e5".repeat(4)}`;
  const bidi = DISGUISES["with marks of direction"]!(key);
  const content = `${"x".repeat(1980)} ${key} ${bidi}`;
  assert.deepEqual(await webhook(`plimsoll/${id}/1`, { type: "annotated", data: { content } }), [202, "note"]);
  const [step] = await story.ask<{ note: string }>(
    "SELECT JSONExtractString(details, 'person', 'note') AS note FROM incident_transitions WHERE key_id = 'noted' AND kind = 'noted'",
  );
  assert.equal(step!.note, `${"x".repeat(1980)} [secret]`);
  const by = DISGUISES["percent-encoded in part"]!(key);
  const refused = [await cli("ack", id, "--note", bidi), await cli("ack", id, "--by", by)];
  refused.push(await cli("ack", id, "--note", "x".repeat(1001)));
  const said = refused.map(({ code, stderr }) => `${code} ${stderr}`).join();
  assert.match(said, /^2 error: the note contains.*raw key.*,2 .*--by\) contains.*raw key.*,2 .*note is too long/s);
});

test("a webhook that is not signed, too old, or about something else changes nothing; PagerDuty is not told of a broken receiver", async () => {
  const id = await leak("guarded", "198.51.100.2");
  const key = `plimsoll/${id}/1`;
  const known = await story.ask("SELECT count() AS n FROM incident_transitions");
  assert.deepEqual(await webhook(key, { secret: "guessed" }), [401, "invalid signature"]);
  assert.deepEqual(await webhook(key, { at: Date.now() - 2 * HOUR }), [202, "too old"]);
  assert.deepEqual(await webhook("plimsoll/leak/nobody/1", {}), [202, "not an incident of ours"]);
  assert.deepEqual(await webhook(key, { type: "priority_updated" }), [202, "ignored event type"]);
  assert.deepEqual(await story.ask("SELECT count() AS n FROM incident_transitions"), known);
});

test("the resolution of a notification that a newer one has followed says nothing about the incident", async () => {
  const id = await leak("escalated", "198.51.100.3");
  await story.find([finding("critical", NOW + 2 * HOUR, { keyId: "escalated" })]);
  assert.deepEqual(await webhook(`plimsoll/${id}/1`, { type: "resolved" }), [202, "about an earlier notification"]);
  assert.equal((await states()).get(id), "open");
});

test("ack and resolve on the command line are told to PagerDuty, with a verdict that the budget audit counts", async () => {
  const id = await leak("handled", "198.51.100.4");
  await story.deliver().then(() => story.told());
  assert.deepEqual([(await cli("ack", `${id}/1`)).code, (await cli("ack", id)).code], [0, 1]);
  const ofKey = new RegExp(`that is a key, .* its incidents:\n *${id} \\(acknowledged\\)`);
  assert.match((await cli("ack", "handled")).stderr, ofKey);
  const resolved = await cli("resolve", `plimsoll/${id}/1`, "--as", "leak", "--note", "revoked");
  assert.deepEqual([resolved.code, resolved.stdout], [0, `done: ${id}\n`]);
  await story.deliver();
  assert.deepEqual(story.told(), [`acknowledge ${id}/1 202`, `resolve ${id}/1 202`]);
  assert.equal((await story.store.view.readObservedAlarms(NOW - DAY)).pages.leaks, 1);
  assert.deepEqual([(await cli("show", "leak/nothing")).code, (await cli("resolve", id)).code], [1, 2]);
  assert.equal((await cli("list")).code, 1);
});

test("what is expected opens nothing until it ends, from those networks and of that cause alone, and is listed", async () => {
  const id = await leak("migrated", "203.0.113.5");
  const until = ["--network", "203.0.113.0/28", "--until", new Date(NOW + DAY).toISOString().slice(0, 10)];
  assert.match((await cli("expect", id, ...until)).stderr, /--note is missing: give a reason/);
  const said = await cli("expect", id, ...until, "--note", "move");
  assert.match(
    said.stdout,
    new RegExp(`^suppressed until ${until[3]} 23:59 UTC: leak of migrated from 203.0.113.0/28$`, "m"),
  );
  assert.equal((await story.store.view.readObservedAlarms(NOW - DAY)).pages.benign, 1);
  const opened = async () =>
    (
      await story.ask<{ kind: string }>(
        "SELECT kind FROM incident_transitions WHERE key_id = 'migrated' AND kind NOT IN ('quieted', 'updated') ORDER BY incident_id, sequence",
      )
    ).map(({ kind }) => kind);
  await leak("migrated", "203.0.113.6", NOW + 3 * HOUR);
  assert.deepEqual(await opened(), ["opened", "resolved"]);
  await leak("migrated", "203.0.113.77", NOW + 4 * HOUR);
  assert.deepEqual(await opened(), ["opened", "resolved", "reopened"], "another network");
  await story.find([finding("error", NOW + 5 * HOUR, { keyId: "migrated", cause: "rule" })]);
  assert.deepEqual((await opened()).length, 4, "another cause");
  await story.find([], [NOW + 5 * DAY]);
  await leak("migrated", "203.0.113.6", NOW + 6 * DAY);
  assert.equal((await opened()).filter((kind) => kind === "reopened").length, 2, "after its end");
  const listing = await runCli(["suppressions", "list", "--json"], { CLICKHOUSE_URL: story.clickhouseUrl });
  const listed = JSON.parse(listing.stdout) as { hidden: number; key_id: string; by: string }[];
  assert.deepEqual(
    listed.map(({ hidden, key_id, by }) => [key_id, hidden, by]),
    [["migrated", 0, "ana"]],
  );
  assert.equal((await cli("expect", id, "--network", "everywhere")).code, 2);
});

test("a refused page is in /readyz, with its reason, and makes no process unready", async () => {
  await leak("refused", "198.51.100.9");
  story.receiver.answerNext("bad-request");
  await story.deliver();
  const answer = await fetch(`${server.url}/readyz`);
  const { checks } = (await answer.json()) as {
    checks: { pages: { failed_in_a_day: number; problem: string; state: string } };
  };
  assert.deepEqual([answer.status, checks.pages.failed_in_a_day, checks.pages.state], [200, 1, "refused"]);
  assert.match(checks.pages.problem, /on demand/);
});
