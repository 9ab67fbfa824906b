import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { Webhook } from "standardwebhooks";
import { actOnIncident } from "../../src/pipeline/incident/act-on-incident.js";
import { ANA, ATTACKER, openContainStory, OWNER, type ContainStory } from "../helpers/contain-story.js";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
let story = undefined as unknown as ContainStory;
// A story for each: what one leaves behind when it fails is no other's.
beforeEach(async () => void (story = await openContainStory()));
afterEach(() => story.close());

const inForce = () => [...story.receiver.inForce.values()];
const lastBody = () => JSON.parse(story.receiver.seen.at(-1)!.body) as { type: string; data: Record<string, unknown> };

test("deny_networks is on file before it is sent, reaches the guard signed, once, with the unknown sources only, and ends by a person's undo", async () => {
  const id = await story.leak("denied");
  const asked = await story.contain(id);
  assert.ok("done" in asked, JSON.stringify(asked));
  assert.equal(story.receiver.seen.length, 0, "nothing is sent by who asks");
  assert.match((await story.told(id))[0]!, /^requested: asked edge to deny 1 network \(198\.51\.100\.4\), until/);
  assert.deepEqual(await story.pass(), { sent: 1, refused: 0, left: 1 });
  assert.equal((await story.pass()).sent, 0, "once");
  const { type, data } = lastBody();
  assert.deepEqual(
    [type, data["key_id"], data["action"], data["networks"]],
    ["key.contain", "denied", "deny_networks", [ATTACKER]],
  );
  assert.match((await story.told(id)).at(-1)!, /^accepted: edge accepted at .* UTC: deny 1 network/);
  const again = await story.contain(id);
  assert.match("problem" in again ? again.problem : "", /^nothing to do: Ana asked edge .*plimsoll contain --undo/);
  const undone = await story.undo(id);
  assert.ok("done" in undone);
  assert.deepEqual(await story.pass(), { sent: 1, refused: 0, left: 0 });
  assert.equal(lastBody().type, "key.release");
  assert.deepEqual(inForce(), []);
  assert.match((await story.told(id)).at(-1)!, /^undone: edge has undone it/);
  const twice = await story.undo(id);
  assert.deepEqual(twice, { problem: "nothing to undo: nothing is in force for this incident" });
});

test("networks that a person names reach the guard as every guard reads them: no mapped IPv4, no host bits, each once", async () => {
  const id = await story.leak("named", {}, true);
  const networks = [
    "::ffff:198.51.100.4",
    "198.51.100.4",
    "203.0.113.77/24",
    "2001:0DB8::1/128",
    "::ffff:192.0.2.0/120",
  ];
  assert.ok("done" in (await story.contain(id, { networks })));
  await story.pass();
  assert.deepEqual(lastBody().data["networks"], ["192.0.2.0/24", "198.51.100.4", "2001:db8::1", "203.0.113.0/24"]);
});

test("what it came to is said some minutes after, from what ClickHouse holds: refused and the owner unchanged, or still served; and it is undone when it expires", async () => {
  const id = await story.leak("followed");
  await story.contain(id, { until: story.now() + 12 * HOUR });
  await story.pass();
  const began = story.now();
  const later = began + 8 * MINUTE;
  await story.traffic("followed", OWNER, began, later, 10);
  await story.traffic("followed", ATTACKER, began + MINUTE, later, 5, 403);
  await story.pass(8 * MINUTE);
  assert.match(
    (await story.told(id)).at(-1)!,
    /^effective: unknown sources refused since 12:00 UTC \(30 requests, none served\), owner's traffic unchanged \(10 a minute before, 10 since\)$/,
  );
  await story.pass(8 * MINUTE);
  assert.equal((await story.told(id)).length, 3, "said once");
  await story.traffic("followed", ATTACKER, later, began + 70 * MINUTE, 5);
  await story.pass(70 * MINUTE);
  const served = (await story.told(id)).at(-1)!;
  assert.match(
    served,
    /^not_effective: unknown sources still served since 12:00 UTC: 305 requests from 198\.51\.100\.4; they are denied, and edge serves them/,
  );
  const [told] = await story.checks.ask<{ body: string }>(
    `SELECT body FROM pages WHERE incident_id = '${id}' AND action = 'trigger' ORDER BY written_at DESC, page_id DESC LIMIT 1`,
  );
  assert.match(
    told!.body,
    /"containment":"unknown sources still served/,
    "PagerDuty is told, under the same dedup key",
  );
  await story.pass(12 * HOUR + 1000);
  assert.deepEqual(
    (await story.told(id)).slice(-2).map((text) => text.split(":")[0]),
    ["expired", "undone"],
  );
  assert.deepEqual(inForce(), []);
  assert.equal((await story.pass(DAY)).left, 0);
});

test("throttle takes the key's usual p99, freeze everything; a newer one of the same kind replaces the older, and benign ends all", async () => {
  const id = await story.leak("several");
  await story.contain(id, { action: "throttle" });
  await story.contain(id, { action: "freeze" });
  await story.pass();
  assert.deepEqual(
    inForce().map(({ action, limit_per_minute: limit }) => [action, limit]),
    [
      ["throttle", 10],
      ["freeze", null],
    ],
  );
  await story.contain(id, { action: "throttle", limitPerMinute: 3 });
  await story.pass();
  assert.deepEqual(
    inForce().map(({ action, limit_per_minute: limit }) => [action, limit]),
    [
      ["freeze", null],
      ["throttle", 3],
    ],
  );
  await actOnIncident(story.deps, id, "resolve", { ...ANA, verdict: "benign" }, story.now());
  await story.pass();
  assert.deepEqual(inForce(), []);
  const closed = await story.contain(id);
  assert.match("problem" in closed ? closed.problem : "", /is resolved: contain only what is open/);
});

test("an unknown incident, a key without a guard, a guard that is not configured and one that refuses say so, and name the field and the fix", async () => {
  const problemOf = async (id: string) => {
    const outcome = await story.contain(id);
    return "problem" in outcome ? outcome.problem : "";
  };
  assert.match(await problemOf("leak/nobody/1"), /no such incident/);
  assert.match(
    await problemOf(await story.leak("unguarded", { guard: "" })),
    /has no guard: give its entry the field guard/,
  );
  assert.match(
    await problemOf(await story.leak("misnamed", { guard: "egde" })),
    /no guard egde in PLIMSOLL_GUARDS: add it there/,
  );
  for (const guardRef of [".", ".."])
    assert.match(await problemOf(await story.leak("dots", { guardRef })), /cannot call a key \.+: give .* guard_ref$/);
  const id = await story.leak("refused");
  await story.contain(id);
  story.receiver.answerNext("refuse");
  assert.deepEqual(await story.pass(), { sent: 0, refused: 1, left: 0 });
  const said = (await story.told(id)).at(-1)!;
  assert.match(said, /^refused: edge refused to deny .*answered 422: .*no such key.*: nothing was contained$/);
  for (const hidden of [story.secret.slice(6), new URL(story.receiver.url).host]) assert.ok(!said.includes(hidden));
});

test("a call that was recorded, replayed after the window, altered or signed by another is refused by the receiver", async () => {
  const id = await story.leak("replayed");
  await story.contain(id);
  await story.pass();
  const { headers, body } = story.receiver.seen.at(-1)!;
  const post = async (changed: Readonly<Record<string, string>>, text = body) =>
    (await fetch(story.receiver.url, { method: "POST", body: text, headers: { ...pick(headers), ...changed } })).status;
  const effects = () => story.receiver.seen.filter(({ hadEffect }) => hadEffect).length;
  const had = effects();
  assert.equal(await post({}), 204, "a repeat in time is taken");
  assert.equal(effects(), had, "and does nothing");
  const old = new Date(Date.now() - 6 * MINUTE);
  const signed = new Webhook(story.secret).sign(headers["webhook-id"]!, old, body);
  const late = { "webhook-timestamp": String(Math.floor(old.getTime() / 1000)), "webhook-signature": signed };
  assert.equal(await post(late), 401, "after the window");
  assert.equal(await post({}, body.replace("deny_networks", "freeze")), 401, "altered");
  assert.equal(await post({ "webhook-id": "other" }), 401, "under another id");
  const forged = new Webhook(`whsec_${Buffer.alloc(32, 1).toString("base64")}`);
  const now = { "webhook-timestamp": headers["webhook-timestamp"]! };
  assert.equal(
    await post({
      ...now,
      "webhook-signature": forged.sign(headers["webhook-id"]!, new Date(Number(now["webhook-timestamp"]) * 1000), body),
    }),
    401,
    "by another secret",
  );
  assert.equal(effects(), had);
});

const pick = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.startsWith("webhook-") || name === "content-type"),
  );
