import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { finding, HOUR, MINUTE, since, T } from "../helpers/incident-parts.js";
import { openOutboxStory, type OutboxStory } from "../helpers/outbox-story.js";

// One storm in one outbox, told in order.
let story = undefined as unknown as OutboxStory;
before(async () => void (story = await openOutboxStory()));
after(() => story.close());

const KEYS = Array.from({ length: 160 }, (_, i) => `key_${String(i).padStart(3, "0")}`);
/** So many are no worse than errors. */
const ERRORS = 110;
/** Grave by the end of the alphabet: the last third is critical, ten in a row have one score, and of these each cost more than the one before. */
const leaks = (keys: readonly string[], tick = T, usd = (i: number) => i) =>
  keys.map((keyId, i) =>
    finding(i < ERRORS ? "error" : "critical", tick, {
      keyId,
      score: 12 + Math.floor(i / 10),
      summary: `${keyId}: 80 requests from 1 new address`,
      statistics: since(usd(i)),
    }),
  );
const byName = (a: string, b: string) => (a < b ? -1 : 1);
const digest = () =>
  story.receiver.openAlerts()[0]!.event.payload!["custom_details"] as { keys: string[]; incidents: string[] };
const sent = () => story.told().filter((line) => line.endsWith("202"));

test("160 incidents in a minute are one digest page that lists every key, and at most 100 events in that minute", async () => {
  await story.find(leaks(KEYS));
  for (let second = 0; second < 60; second += 5) await story.deliver(second * 1000);
  const events = sent();
  assert.ok(events.length <= 100, `${events.length} events`);
  const alerts = story.receiver.openAlerts().filter(({ dedupKey }) => dedupKey.startsWith("plimsoll/digest/"));
  assert.equal(alerts.length, 1);
  const { payload } = alerts[0]!.event;
  assert.match(payload!.summary, /^160 keys at once \(key_159, key_158, key_157, …\): one page for 160 incidents$/);
  const details = payload!["custom_details"] as { keys: string[]; incidents: string[] };
  assert.deepEqual(details.keys.toSorted(byName), KEYS);
  assert.equal(details.incidents.length, 160);
  assert.equal(events.length, 1);
});

test("a digest lists by severity, then score, then loss, and never by names that an attacker may choose", () => {
  const { keys, incidents } = digest();
  assert.deepEqual(keys, KEYS.toReversed());
  assert.deepEqual(
    incidents.map((line) => line.slice(0, line.indexOf(": 80"))),
    KEYS.map((keyId, i) => `${i < ERRORS ? "error" : "critical"}: ${keyId}`).toReversed(),
  );
});

test("what joins the storm within a quarter of an hour brings its page up to date, and notifies nobody anew", async () => {
  await story.find(
    leaks(
      Array.from({ length: 40 }, (_, i) => `late_${i}`),
      T + MINUTE,
    ),
  );
  // Who has lost the most since then goes first among those of its score, though no step of the incident's life says so.
  const [dearest] = leaks(KEYS.slice(100, 101), T + MINUTE, () => 900);
  await story.find([{ ...dearest!, score: 22 }]);
  await story.deliver(2 * MINUTE);
  assert.equal(sent().length, 1);
  const [alert, ...more] = story.receiver.openAlerts();
  assert.deepEqual([more.length, alert?.triggers], [0, 2]);
  assert.match(alert!.event.payload!.summary, /^200 keys at once \(key_159/);
  const { keys } = digest();
  assert.deepEqual(keys.slice(50, 60), ["key_100", ...KEYS.slice(101, 110).toReversed()]);
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
  assert.deepEqual(await story.ask("SELECT incident_id FROM open_pages GROUP BY ALL HAVING sum(entries) != 0"), []);
});
