import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { after, afterEach, before, beforeEach, test } from "node:test";
import type { Destination, Destinations } from "../../src/destination/destination.js";
import { parseDestinations } from "../../src/destination/parse-destinations.js";
import { openCopyMemory } from "../../src/pipeline/page/copy-memory.js";
import { deliverCopies } from "../../src/pipeline/page/deliver-copies.js";
import type { DeliverDeps } from "../../src/pipeline/page/deliver-pages.js";
import { startDestinationReceiver, type DestinationReceiver } from "../helpers/destination-receiver.js";
import { finding, T } from "../helpers/incident-parts.js";
import { openOutboxStory, type OutboxStory } from "../helpers/outbox-story.js";

const SECRET = `whsec_${Buffer.alloc(32, 5).toString("base64")}`;

let [story, receiver] = [] as unknown as [OutboxStory, DestinationReceiver];
before(async () => void (story = await openOutboxStory()));
after(() => story.close());
beforeEach(async () => void (receiver = await startDestinationReceiver(SECRET)));
afterEach(() => receiver.close());

function destinations(): Map<string, Destination> {
  const chat = { type: "slack", url: receiver.slackUrl };
  const soar = { type: "webhook", url: receiver.webhookUrl, secret: SECRET };
  const parsed = parseDestinations(JSON.stringify({ chat, soar }));
  assert.ok("destinations" in parsed);
  return new Map(parsed.destinations);
}

/** The dependencies of one process. */
const depsOf = (current: () => Destinations): DeliverDeps => ({
  store: story.store,
  pager: story.pager,
  baseUrl: null,
  destinations: current,
  copyMemory: openCopyMemory(),
});

/** Puts a copy for each destination on file. */
async function copied(keyId: string, deps: DeliverDeps): Promise<void> {
  await story.find([finding("error", T, { keyId })]);
  await story.deliver(0, deps);
}

const takenBy = (path: string, keyId: string) =>
  receiver.seen.filter((one) => one.path === path && one.taken && JSON.stringify(one.body).includes(keyId)).length;

async function fatesOf(keyId: string): Promise<string[]> {
  const rows = await story.ask<{ fate: string }>(
    `SELECT concat(destination, ' ', toString(max(t.state))) AS fate FROM copy_transitions AS t
     WHERE incident_id LIKE '%/${keyId}/%' GROUP BY destination ORDER BY fate`,
  );
  return rows.map(({ fate }) => fate);
}

async function command(query: string): Promise<void> {
  await story.store.client.command({ query });
}
/** ClickHouse takes no answers of destinations while this runs, as when it is full. */
async function whileRefusing(answersOf: string, run: () => Promise<void>): Promise<void> {
  await command(`ALTER TABLE copy_transitions ADD CONSTRAINT full CHECK state = 'pending' OR NOT (${answersOf})`);
  try {
    await run();
  } finally {
    await command("ALTER TABLE copy_transitions DROP CONSTRAINT full");
  }
}

test("a pass that cannot record an answer ends only when nothing of it is under way any more, so that the next sends nothing beside it", async () => {
  const current = destinations();
  const soar = current.get("soar")!;
  const pass = { hasEnded: false };
  let answered = 0;
  const slow = async (...sent: Parameters<Destination["send"]>) => {
    for (let waited = 0; !pass.hasEnded && waited < 2000; waited += 50) await pause(50);
    assert.ok(!pass.hasEnded, "the pass ended while this was under way");
    const verdict = await soar.send(...sent);
    answered += 1;
    return verdict;
  };
  current.set("soar", { ...soar, send: slow });
  const deps = depsOf(() => current);
  await copied("in-flight", deps);
  await whileRefusing("destination = 'chat'", async () => {
    const running = deliverCopies(deps, Date.now()).finally(() => (pass.hasEnded = true));
    await assert.rejects(running, /full/);
    assert.equal(answered, 1);
  });
  pass.hasEnded = false;
  await deliverCopies(deps, Date.now());
  assert.equal(takenBy("/webhook", "in-flight"), 1);
});

test("what a destination took, but ClickHouse does not, is sent once however long that lasts, and recorded when it is over", async () => {
  const current = destinations();
  const deps = depsOf(() => current);
  await copied("not-on-file", deps);
  await whileRefusing("true", async () => {
    for (let pass = 0; pass < 3; pass += 1) await assert.rejects(deliverCopies(deps, Date.now() + pass * 5000), /full/);
  });
  await deliverCopies(deps, Date.now() + 20_000);
  assert.deepEqual([takenBy("/slack", "not-on-file"), takenBy("/webhook", "not-on-file")], [1, 1]);
  assert.deepEqual(await fatesOf("not-on-file"), ["chat sent", "soar sent"]);
});

test("copies for a name that the settings lack are dropped only after this process has missed it for an hour, however old they are", async () => {
  const all = destinations();
  const lacking = new Map([...all].filter(([name]) => name !== "chat"));
  let current: Destinations = lacking;
  const deps = depsOf(() => current);
  await copied("lacking", { ...deps, destinations: () => all });
  const pass = async (minutes: number, by = deps) => {
    await deliverCopies(by, Date.now() + minutes * 60_000);
    return fatesOf("lacking");
  };
  // As in another process, or a run by hand: a signature is good for five minutes.
  await deliverCopies(
    depsOf(() => lacking),
    Date.now(),
  );
  assert.deepEqual(await pass(120), ["chat pending", "soar sent"]);
  assert.deepEqual(await pass(179), ["chat pending", "soar sent"]);
  assert.deepEqual(
    await pass(
      182,
      depsOf(() => lacking),
    ),
    ["chat pending", "soar sent"],
    "another process, or a run by hand",
  );
  assert.deepEqual(await pass(182), ["chat dropped", "soar sent"]);
  current = all;
  await pass(183);
  assert.equal(takenBy("/slack", "lacking"), 0);
});
