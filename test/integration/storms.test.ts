import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { finding, HOUR, MINUTE, T } from "../helpers/incident-parts.js";
import { openOutboxStory, type OutboxStory } from "../helpers/outbox-story.js";

// One storm in one outbox, told in order.
let story = undefined as unknown as OutboxStory;
before(async () => void (story = await openOutboxStory()));
after(() => story.close());

const KEYS = Array.from({ length: 300 }, (_, i) => `key_${String(i).padStart(3, "0")}`);
const leaks = (keys: readonly string[], tick = T) =>
  keys.map((keyId) => finding("error", tick, { keyId, summary: `${keyId}: 80 requests from 1 new address` }));
const sent = () => story.told().filter((line) => line.endsWith("202"));

test("300 incidents in a minute are one digest page that lists every key, and at most 100 events in that minute", async () => {
  await story.find(leaks(KEYS));
  for (let second = 0; second < 60; second += 5) await story.deliver(second * 1000);
  const events = sent();
  assert.ok(events.length <= 100, `${events.length} events`);
  const alerts = story.receiver.openAlerts().filter(({ dedupKey }) => dedupKey.startsWith("plimsoll/digest/"));
  assert.equal(alerts.length, 1);
  const { payload } = alerts[0]!.event;
  assert.match(payload!.summary, /^300 keys at once \(key_000, key_001, key_002, …\): one page for 300 incidents$/);
  const details = payload!["custom_details"] as { keys: string[]; incidents: string[] };
  assert.deepEqual(details.keys, KEYS);
  assert.equal(details.incidents.length, 300);
  assert.equal(events.length, 1);
});

test("what joins the storm within a quarter of an hour brings its page up to date, and notifies nobody anew", async () => {
  await story.find(
    leaks(
      Array.from({ length: 40 }, (_, i) => `late_${i}`),
      T + MINUTE,
    ),
  );
  await story.deliver(2 * MINUTE);
  assert.equal(sent().length, 1);
  const [alert, ...more] = story.receiver.openAlerts();
  assert.deepEqual([more.length, alert?.triggers], [0, 2]);
  assert.match(alert!.event.payload!.summary, /^340 keys at once/);
});

test("a few incidents beside the storm page by themselves", async () => {
  await story.find(leaks(["own_1", "own_2"], T + 2 * MINUTE));
  await story.deliver(4 * MINUTE);
  assert.deepEqual(sent().toSorted(), [
    "trigger leak/own_1/20260308T1202/1 202",
    "trigger leak/own_2/20260308T1202/1 202",
  ]);
});

test("the ends of a storm go within the rate, and the digest is ended after the last of them", async () => {
  await story.find([], [T + 30 * HOUR]);
  const minutes: number[] = [];
  for (let minute = 10; (await story.outbox()).length > 0 && minute < 30; minute += 1) {
    await story.deliver(minute * MINUTE);
    minutes.push(sent().length);
  }
  assert.ok(Math.max(...minutes) <= 100, minutes.join());
  await story.deliver(40 * MINUTE);
  assert.deepEqual(story.receiver.openAlerts(), []);
});
