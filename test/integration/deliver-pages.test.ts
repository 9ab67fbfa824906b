import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Answer } from "../../src/local/pagerduty/answers.js";
import { advanceIncidents } from "../../src/pipeline/incident/advance-incidents.js";
import type { Store } from "../../src/store/store.js";
import { finding, HOUR, MINUTE, signals, T } from "../helpers/incident-parts.js";
import { openOutboxStory, type OutboxStory } from "../helpers/outbox-story.js";

let story = undefined as unknown as OutboxStory;
before(async () => void (story = await openOutboxStory()));
after(() => story.close());

let keys = 0;
/** A finding that opens an incident of a key of its own, and the dedup key of its first page. */
function leak() {
  const keyId = `key_${(keys += 1)}`;
  return { keyId, one: finding("error", T, { keyId, summary: `${keyId}: a leak` }), id: `leak/${keyId}/20260308T1200` };
}
const later = (keyId: string) => finding("critical", T + 2 * HOUR, { keyId, signals: signals(["spend", 8]) });

const RETRIED: readonly [string, Answer][] = [
  ["a rate limit", "rate-limited"],
  ["a rate limit that says until when", "rate-limited-retry-after"],
  ["an internal error", "server-error"],
  ["a gateway's web page", "bad-gateway-html"],
  ["an acceptance without its JSON", "accepted-empty"],
  ["a redirect", "redirect"],
  ["a cut connection", "reset"],
  ["a hang", "hang"],
  ["an answer that never ends", "slow-body"],
  ["a request timeout", { status: 408 }],
  ["maintenance", { status: 503, headers: { "retry-after": "120" } }],
];
for (const [name, answer] of RETRIED) {
  test(`${name} is tried again, not at once, and opens one alert`, async () => {
    const { one, id } = leak();
    await story.find([one]);
    story.receiver.answerNext(answer);
    assert.deepEqual(await story.deliver(), { sent: 0, failed: 0, dropped: 0, left: 1 });
    const [page] = await story.outbox();
    assert.deepEqual([page?.state, page?.attempts], ["retrying", 1]);
    assert.ok(page!.notBefore > Date.now() - MINUTE, new Date(page!.notBefore).toISOString());
    const first = story.told();
    assert.deepEqual((await story.deliver(page!.notBefore - Date.now() - 10_000)).sent, 0, "not before its time");
    assert.equal((await story.deliver(10 * MINUTE)).sent, 1);
    const told = [...first, ...story.told()].filter((line) => line.startsWith(`trigger ${id}/1`));
    assert.equal(told.length, 2);
    const open = story.receiver.openAlerts().filter(({ dedupKey }) => dedupKey === `plimsoll/${id}/1`);
    assert.equal(open.length, 1);
  });
}

test("waiting grows to five minutes, and after a day a page is given up, and shown", async () => {
  const { one } = leak();
  await story.find([one]);
  // The pass began between these two readings of the clock: a wait is at least the one and at most the other.
  const waits: { readonly least: number; readonly most: number }[] = [];
  for (let at = 0; at < 25 * HOUR;) {
    story.receiver.answerNext("server-error");
    const beganBy = Date.now();
    await story.deliver(at);
    const endedBy = Date.now();
    const [page] = await story.outbox();
    if (page === undefined) break;
    waits.push({ least: page.notBefore - endedBy - at, most: page.notBefore - beganBy - at });
    at += Math.max(page.notBefore - beganBy - at, 1) + (waits.length > 12 ? 6 * HOUR : 0);
  }
  assert.ok(waits[0]!.least <= 2100 && waits[0]!.most >= 500, JSON.stringify(waits[0]));
  assert.ok(waits.at(-1)!.least <= 300_100 && waits.at(-1)!.most >= 149_000, JSON.stringify(waits.at(-1)));
  assert.deepEqual(
    await story.ask(
      `SELECT state FROM pages WHERE page_id = '${one.findingId.split("/gateway")[0]}/20260308T1200/1/trigger'`,
    ),
    [{ state: "failed" }],
  );
  story.told();
});

test("a page that PagerDuty refuses is never sent again; a minimal one under the same dedup key is, and its end ends it", async () => {
  const { one, id, keyId } = leak();
  await story.find([one]);
  story.receiver.answerNext("bad-request");
  assert.deepEqual(await story.deliver(), { sent: 1, failed: 1, dropped: 0, left: 0 });
  assert.deepEqual(story.told(), [`trigger ${id}/1 400`, `trigger ${id}/1 202`]);
  const alert = story.receiver.openAlerts().find(({ dedupKey }) => dedupKey === `plimsoll/${id}/1`);
  assert.equal(alert?.event.payload?.summary, `${keyId}: a leak, since 11:55 UTC`);
  assert.match(JSON.stringify(alert?.event.payload?.["custom_details"]), /refused the full page.*on demand/);
  const failed = await story.ask<{ state: string; problem: string; attempts: number }>(
    `SELECT state, problem, toUInt32(attempts) AS attempts FROM pages WHERE page_id = '${id}/1/trigger'`,
  );
  assert.deepEqual(
    failed.map(({ state, attempts }) => [state, attempts]),
    [["failed", 1]],
  );
  assert.match(failed[0]!.problem, /on demand/);
  await story.find([], [T + 25 * HOUR]);
  await story.deliver(10 * MINUTE);
  assert.ok(story.receiver.openAlerts().every(({ dedupKey }) => dedupKey !== `plimsoll/${id}/1`));
  story.told();
});

test("an escalation triggers anew, then resolves the former; when it is refused for good, on-call keeps the former", async () => {
  const [good, bad] = [leak(), leak()];
  await story.find([good.one, bad.one]);
  await story.deliver();
  story.told();
  await story.find([later(good.keyId)]);
  await story.deliver();
  assert.deepEqual(story.told(), [`trigger ${good.id}/2 202`, `resolve ${good.id}/1 202`]);
  await story.find([later(bad.keyId)]);
  story.receiver.answerNext("bad-request", "bad-request");
  assert.deepEqual(await story.deliver(), { sent: 0, failed: 2, dropped: 1, left: 0 });
  const open = new Set(story.receiver.openAlerts().map(({ dedupKey }) => dedupKey));
  assert.ok(open.has(`plimsoll/${bad.id}/1`) && open.has(`plimsoll/${good.id}/2`));
  assert.ok(!open.has(`plimsoll/${good.id}/1`));
  await story.find([], [T + 30 * HOUR]);
  await story.deliver();
  assert.deepEqual(
    story.receiver.openAlerts().filter(({ dedupKey }) => dedupKey.includes(good.keyId) || dedupKey.includes(bad.keyId)),
    [],
  );
  story.told();
});

test("the pages of one incident go in order, each after the answer to the one before, while others pass by", async () => {
  const [slow, other] = [leak(), leak()];
  await story.find([slow.one]);
  await story.find([later(slow.keyId)]);
  await story.find([other.one]);
  story.receiver.answerNext("server-error");
  await story.deliver();
  const told = story.told();
  assert.ok(
    told.every((line) => !line.startsWith(`trigger ${slow.id}/2`) && !line.startsWith("resolve")),
    told.join(),
  );
  assert.ok(told.includes(`trigger ${other.id}/1 202`) || told.includes(`trigger ${slow.id}/1 202`));
  await story.deliver(10 * MINUTE);
  await story.deliver(20 * MINUTE);
  const ofSlow = [...told, ...story.told()].filter((line) => line.includes(slow.id) && line.endsWith("202"));
  assert.deepEqual(ofSlow, [`trigger ${slow.id}/1 202`, `trigger ${slow.id}/2 202`, `resolve ${slow.id}/1 202`]);
});

const DEATHS: readonly [string, (store: Store) => Partial<Store>][] = [
  ["between the step and its outbox", ({ page }) => ({ page: { ...page, insertPageState: dies } })],
  ["before the step is on file", ({ incident }) => ({ incident: { ...incident, insertTransition: dies } })],
];
async function dies(): Promise<never> {
  throw new Error("the process dies here");
}
for (const [where, mortal] of DEATHS) {
  test(`who dies ${where} loses no page and doubles none`, async () => {
    const { one, id } = leak();
    const deps = { ...story.advanceDeps, store: { ...story.store, ...mortal(story.store) } };
    await assert.rejects(advanceIncidents(deps, [one], [T]), /dies here/);
    // The check is repeated, as its cursor was not moved on; delivery does not wait for that.
    await story.deliver();
    await story.find([one]);
    await story.deliver();
    assert.deepEqual(
      story.told().filter((line) => line.includes(`${id}/`)),
      [`trigger ${id}/1 202`],
    );
  });
}

test("who dies after sending and before the mark sends again under the same dedup key, which opens one alert", async () => {
  const { one, id } = leak();
  await story.find([one]);
  await assert.rejects(
    story.deliver(0, { store: { ...story.store, page: { ...story.store.page, insertPageState: dies } } }),
    /dies here/,
  );
  await story.deliver();
  assert.deepEqual(
    story.told().filter((line) => line.includes(`${id}/`)),
    [`trigger ${id}/1 202`, `trigger ${id}/1 202`],
  );
  assert.deepEqual(
    story.receiver
      .openAlerts()
      .filter(({ dedupKey }) => dedupKey === `plimsoll/${id}/1`)
      .map(({ triggers }) => triggers),
    [2],
  );
});
