import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { actOnIncident } from "../../src/pipeline/incident/act-on-incident.js";
import type { IncidentVerdict } from "../../src/model/incident/incident.js";
import { readKeyHistory } from "../../src/pipeline/view/key-history.js";
import { DAY, HOUR, MINUTE, unknownSourcesLeak } from "../helpers/incident-parts.js";
import { openOutboxStory, type OutboxStory } from "../helpers/outbox-story.js";
import { insertEvents, perMinute } from "../helpers/rule-traffic.js";

const NOW = Math.floor(Date.now() / MINUTE) * MINUTE;
const FOUND = NOW - 40 * MINUTE;
let story = undefined as unknown as OutboxStory;

/** A key that is used from an office, and for ten minutes from elsewhere, which a page blames. */
before(async () => {
  story = await openOutboxStory();
  await insertEvents(story.store, perMinute("orders", NOW - DAY, [3, 3, 3]));
  await insertEvents(
    story.store,
    perMinute("orders", FOUND - 10 * MINUTE, Array<number>(10).fill(8), {}, "203.0.113.9"),
  );
  await insertEvents(story.store, perMinute("orders", NOW - HOUR, [2], { route: "/v1/admin", status: 403 }));
  await story.find([unknownSourcesLeak("orders", "203.0.113.9", FOUND)]);
});
after(() => story.close());

test("whom a page of the week before blames is not usual for the key, until a person says that it was benign", async () => {
  const usual = async () => {
    const span = { keyIds: ["orders"], observedBy: "gateway", from: NOW - 5 * MINUTE, to: NOW } as const;
    return (await story.store.page.readNetworksBefore(span)).map(({ networkType, requests }) => [
      networkType,
      requests,
    ]);
  };
  const say = async (verdict: IncidentVerdict, at: number) => {
    const id = `leak/orders/${new Date(FOUND).toISOString().slice(0, 16).replace(/[-:]/g, "")}`;
    const person = { actor: "Ana", note: "looked", verdict, eventId: null, url: null };
    assert.equal(await actOnIncident(story.advanceDeps, id, "resolve", person, at), "done");
  };
  assert.deepEqual(await usual(), [["internal", 9]]);
  await say("leak", NOW - 20 * MINUTE);
  assert.deepEqual(await usual(), [["internal", 9]]);
  await say("benign", NOW - 10 * MINUTE);
  assert.deepEqual(await usual(), [
    ["hosting", 80],
    ["internal", 9],
  ]);
});

test("a route that was only ever refused has no instant at which it was first served", async () => {
  const history = await readKeyHistory(story.store, "orders", NOW);
  assert.deepEqual(
    history?.routes.map(({ route, firstSeenAt }) => [route, firstSeenAt === null]),
    [
      ["/v1/charges", false],
      ["/v1/admin", true],
    ],
  );
});

test("what a page says is new is counted as the check saw it, whatever came after that", async () => {
  const span = { keyIds: ["late"], observedBy: "gateway", from: NOW - 10 * MINUTE + 15_000, to: NOW } as const;
  await insertEvents(story.store, perMinute("late", NOW - 10 * MINUTE, [4, 4], { route: "/v1/new" }));
  const asOf = await story.store.readClock();
  await insertEvents(story.store, perMinute("late", NOW - 9 * MINUTE, [7], { route: "/v1/new" }));
  const uses = await story.store.page.readNewUses({ ...span, asOf });
  assert.deepEqual(
    uses.map(({ value, requests }) => [value, requests]),
    [["/v1/new", 8]],
  );
});
