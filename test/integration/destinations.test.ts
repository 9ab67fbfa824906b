import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { parseDestinations } from "../../src/destination/parse-destinations.js";
import type { Destinations } from "../../src/destination/destination.js";
import { judgeCoverage } from "../../src/detect/judge-coverage.js";
import { deliverCopies } from "../../src/pipeline/page/deliver-copies.js";
import type { DeliverDeps } from "../../src/pipeline/page/deliver-pages.js";
import { startDestinationReceiver, SLACK_PATH, type DestinationReceiver } from "../helpers/destination-receiver.js";
import { SOUND } from "../helpers/fact-pages.js";
import { DAY, finding, HOUR, signals, T } from "../helpers/incident-parts.js";
import { openOutboxStory, type OutboxStory } from "../helpers/outbox-story.js";

const SECRET = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;

let [story, receiver] = [] as unknown as [OutboxStory, DestinationReceiver];
before(async () => void (story = await openOutboxStory()));
after(() => story.close());
beforeEach(async () => void (receiver = await startDestinationReceiver(SECRET)));
afterEach(() => receiver.close());

function destinationsOf(limits: { chat?: object; soar?: object } = {}): () => Destinations {
  const parsed = parseDestinations(
    JSON.stringify({
      chat: { type: "slack", url: receiver.slackUrl, ...limits.chat },
      soar: { type: "webhook", url: receiver.webhookUrl, secret: SECRET, ...limits.soar },
    }),
  );
  assert.ok("destinations" in parsed);
  return () => parsed.destinations;
}

const deps = (destinations: () => Destinations, changed: Partial<DeliverDeps> = {}): DeliverDeps => ({
  store: story.store,
  pager: story.pager,
  baseUrl: null,
  destinations,
  ...changed,
});
const copy = async (destinations: () => Destinations, laterMs = 0, changed: Partial<DeliverDeps> = {}) =>
  deliverCopies(deps(destinations, changed), Date.now() + laterMs);

/** What a destination took, in order. */
const taken = (path: string, keyId: string) =>
  receiver.seen
    .filter((one) => one.path === path && one.taken && JSON.stringify(one.body).includes(keyId))
    .map(({ body }) =>
      path === "/webhook"
        ? String(body["type"])
        : String(body["text"])
            .replace(/[:(].*$/s, "")
            .trim(),
    );

/** An incident of a key that begins, gets worse and ends. */
async function live(keyId: string, deliver: () => Promise<unknown>): Promise<void> {
  await story.find([finding("error", T, { keyId })]);
  await deliver();
  await story.find([finding("critical", T + 2 * HOUR, { keyId, signals: signals(["spend", 8]) })]);
  await deliver();
  await story.find([], [T + 2 * DAY]);
  await deliver();
}

test("an incident's begin, change and end reach PagerDuty, a webhook and Slack, each once and in order, under the id that a receiver knows repeats by", async () => {
  const destinations = destinationsOf();
  await live("everywhere", async () => {
    await story.deliver(0, { destinations });
    await copy(destinations);
  });
  assert.deepEqual(taken("/webhook", "everywhere"), ["incident.triggered", "incident.escalated", "incident.resolved"]);
  assert.deepEqual(taken("/slack", "everywhere"), ["ERROR", "CRITICAL, escalated", "Resolved"]);
  assert.ok(story.told().some((event) => event.startsWith("resolve leak/everywhere/")));
  const ids = receiver.seen.filter(({ path }) => path === "/webhook").map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  const [incident] = await story.ask<{ incident_id: string }>(
    "SELECT incident_id FROM incidents WHERE key_id = 'everywhere'",
  );
  const fates = await story.store.page.readCopiesOfIncident(incident!.incident_id);
  assert.deepEqual(
    fates.map(({ destination, state, status }) => `${destination} ${state} ${status}`),
    ["chat sent 200", "soar sent 200", "chat sent 200", "soar sent 200", "chat sent 200", "soar sent 200"],
  );
});

test("a destination that hangs or fails delays neither PagerDuty nor another destination, and gets all of it in order when it is back, repeats under the same id", async () => {
  const destinations = destinationsOf();
  receiver.answerAlways("/webhook", "hang");
  const short = { pager: story.pager };
  const hanging = live("away", async () => {
    await story.deliver(0, { destinations, ...short });
  });
  await hanging;
  // PagerDuty had everything before any destination was asked.
  assert.equal(story.told().filter((event) => event.includes("away")).length, 5);
  const pass = copy(destinations);
  const startedAt = performance.now();
  while (taken("/slack", "away").length < 3 && performance.now() - startedAt < 9000)
    await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(
    taken("/slack", "away"),
    ["ERROR", "CRITICAL, escalated", "Resolved"],
    "while the webhook still hangs",
  );
  assert.deepEqual(taken("/webhook", "away"), []);
  await pass;
  receiver.answerAlways("/webhook", "accept");
  receiver.answerNext("/webhook", "take-and-fail");
  // Within the five minutes that a signature is good for.
  for (let later = 20_000; taken("/webhook", "away").length < 4 && later < 280_000; later += 20_000)
    await copy(destinations, later);
  const soar = receiver.seen.filter(
    ({ path, taken: has, body }) => path === "/webhook" && has && JSON.stringify(body).includes("away"),
  );
  assert.deepEqual(
    soar.map(({ body }) => body["type"]),
    ["incident.triggered", "incident.triggered", "incident.escalated", "incident.resolved"],
  );
  assert.equal(soar[0]!.id, soar[1]!.id);
  assert.deepEqual(soar[0]!.body, soar[1]!.body);
});

test("a destination that refuses is on record by its name, without its address, and is a trouble that PagerDuty is told of", async () => {
  const destinations = destinationsOf();
  receiver.answerAlways("/slack", "refuse");
  await story.find([finding("error", T, { keyId: "refused" })]);
  await story.deliver(0, { destinations });
  await copy(destinations);
  const states = await story.store.watch.readCopiesState(Date.now() - HOUR);
  const chat = states.find(({ destination }) => destination === "chat")!;
  assert.equal(chat.failed, 1);
  assert.match(chat.problem, /^answered 404: no_service .*check that it still exists there/);
  const problems = judgeCoverage({ ...SOUND, copies: states }, Date.now()).map(
    ({ summary, severity }) => `${severity} ${summary}`,
  );
  assert.ok(
    problems.some((one) =>
      one.startsWith("warning Notifications do not reach destination chat: 1 refused or abandoned"),
    ),
  );
  const tables = await story.ask<{ line: string }>(
    "SELECT concat(problem, ' ', destination) AS line FROM copy_transitions UNION ALL SELECT body AS line FROM page_transitions",
  );
  const all = JSON.stringify([tables, problems]);
  for (const secret of [SLACK_PATH, "x".repeat(24), receiver.slackUrl, new URL(receiver.slackUrl).host, SECRET])
    assert.ok(!all.includes(secret), secret.slice(0, 12));
  assert.deepEqual(taken("/webhook", "refused"), ["incident.triggered"]);
});

test("a destination gets what its limits let through, and of what it was told the beginning also the end", async () => {
  const destinations = destinationsOf({ chat: { severities: ["critical"] }, soar: { owners: ["payments"] } });
  await live("limited", async () => {
    await story.deliver(0, { destinations });
    await copy(destinations);
  });
  assert.deepEqual(taken("/slack", "limited"), ["CRITICAL, escalated", "Resolved"]);
  assert.deepEqual(taken("/webhook", "limited"), [], "nobody owns the key");
});

test("without PagerDuty, destinations are told at once, and nothing waits for a routing key", async () => {
  const destinations = destinationsOf();
  await live("alone", async () => {
    await story.deliver(0, { destinations, pager: null });
    await copy(destinations, 0, { pager: null });
  });
  assert.deepEqual(taken("/webhook", "alone"), ["incident.triggered", "incident.escalated", "incident.resolved"]);
  assert.deepEqual(await story.outbox(), []);
  const rows = await story.ask<{ state: string; problem: string }>(
    "SELECT DISTINCT state, problem FROM pages WHERE key_id = 'alone'",
  );
  assert.deepEqual(rows, [
    { state: "dropped", problem: "no PagerDuty routing key is set: only destinations were notified" },
  ]);
});

test("while PagerDuty is away, destinations are told all the same", async () => {
  const destinations = destinationsOf();
  await story.find([finding("error", T, { keyId: "held-up" })]);
  await copy(destinations, 30_000);
  assert.deepEqual(taken("/slack", "held-up"), ["ERROR"]);
  await story.deliver(0, { destinations });
  await copy(destinations, 60_000);
  assert.deepEqual(taken("/slack", "held-up"), ["ERROR"], "and not once more");
});
