import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { IncidentVerdict } from "../../src/model/incident/incident.js";
import { actOnIncident } from "../../src/pipeline/incident/act-on-incident.js";
import { NO_TAIL } from "../../src/model/finding/fleet-day.js";
import { budgetInForce, type AlarmBudget } from "../../src/detect/alarm-budget.js";
import { thresholds } from "../../src/detect/threshold.js";
import { measureTail } from "../../src/pipeline/learn/measure-tail.js";
import { readBudgetAudit } from "../../src/pipeline/view/kept-budget.js";
import { addDays, dayOf } from "../../src/time/day.js";
import { bareBaseline } from "../helpers/bare-baseline.js";
import { finding, HOUR, MINUTE, unknownSourcesLeak } from "../helpers/incident-parts.js";
import { openOutboxStory, type OutboxStory } from "../helpers/outbox-story.js";

const NOW = Math.floor(Date.now() / MINUTE) * MINUTE;
const AT = NOW - 6 * HOUR;
const BUDGET: AlarmBudget = { pages: { count: 1, per: "month" }, notices: { count: 7, per: "week" } };
let story = undefined as unknown as OutboxStory;

before(async () => {
  story = await openOutboxStory();
  const yesterday = addDays(dayOf(NOW), -1);
  const baselines = Array.from({ length: 500 }, (_, i) => bareBaseline(yesterday, `key-${i}`));
  await story.store.learn.insertBaselines(yesterday, NOW - HOUR, baselines);
});
after(() => story.close());

const resolve = async (keyId: string, verdict: IncidentVerdict | null, at = AT + MINUTE) => {
  const id = `leak/${keyId}/${new Date(AT).toISOString().slice(0, 16).replace(/[-:]/g, "")}`;
  const person = { actor: "Ana", note: "", verdict, eventId: null, url: null };
  assert.equal(await actOnIncident(story.advanceDeps, id, "resolve", person, at), "done");
};

test("a true leak is no false page: the audit counts what people judged, and says how many nobody judged", async () => {
  const paged = ["true", "false", "unjudged", "again", "wordless"];
  await story.find([
    ...paged.map((keyId) => unknownSourcesLeak(keyId, "198.51.100.4", AT)),
    finding("warning", AT, { keyId: "noticed" }),
    finding("error", AT, { keyId: "of-a-rule", cause: "rule" }),
  ]);
  await resolve("true", "leak");
  await resolve("false", "benign");
  await resolve("again", "benign");
  await resolve("wordless", null);
  await resolve("noticed", "benign");
  // What was benign then is not for that benign now.
  await story.find([unknownSourcesLeak("again", "198.51.100.9", AT + 3 * HOUR)]);
  const audit = await readBudgetAudit(
    story.store,
    budgetInForce(BUDGET, { watchedKeys: 500, learnedDays: 30, tail: NO_TAIL }),
    NOW,
  );
  assert.deepEqual(audit, {
    watchedKeys: 500,
    ownKeyDays: null,
    keyDays: 500,
    pages: { ...audit.pages, sent: 5, leaks: 1, benign: 1, unjudged: 3, falsePer1000: 2, falsePer1000AtMost: 8 },
    notices: { ...audit.notices, sent: 1, leaks: 0, benign: 1, unjudged: 0, falsePer1000: 2, falsePer1000AtMost: 2 },
  });
  // One page a month of 500 keys is 1 in 15,000 key-days, seven notices a week 1 in 500.
  assert.deepEqual([audit.pages.expected, audit.notices.expected], [0.033, 1]);
});

test("the tail of the fleet is what legitimate traffic scored, by what people judged: a leak is none of it, nor is what paged and nobody judged", async () => {
  const today = dayOf(AT);
  const scored = (keyId: string, highestScore: number) => ({
    ...bareBaseline(today, keyId),
    highestScore,
    requests: 1,
  });
  const of = { day: today, computedAt: Date.now() + MINUTE, limits: thresholds(1, 10) };
  const [high, low] = [of.limits.page + 3, of.limits.notice + 1];
  const days = [
    scored("true", low),
    scored("false", high),
    scored("unjudged", high),
    // What was benign once was opened again.
    scored("again", high),
    scored("calm", low),
    scored("dull", 2),
  ];
  await story.store.learn.insertBaselines(today, Date.now(), days);
  const tail = await measureTail(story.store, of);
  assert.deepEqual(tail, { keyDays: 500 + days.length, until: of.limits.page, below: 1, excess: 1, benignPages: 1 });
});

test("what was folded into an incident of several keys is what people said of that one", async () => {
  const keys = ["one", "two", "three"];
  const at = AT + 10 * MINUTE;
  await story.find(keys.map((keyId) => unknownSourcesLeak(keyId, "203.0.113.7", at)));
  const shared = unknownSourcesLeak("one", "203.0.113.7", at + MINUTE);
  const statistics = {
    ...shared.statistics,
    network: "203.0.113.0/24",
    keys: keys.map((key_id) => ({ key_id, requests: 80 })),
  };
  await story.find([
    finding("error", at + MINUTE, {
      ...shared,
      findingId: "shared",
      keyId: null,
      subject: { kind: "network", network: "203.0.113.0/24" },
      statistics,
    }),
    ...keys.map((keyId) => unknownSourcesLeak(keyId, "203.0.113.7", at + MINUTE)),
  ]);
  const [row] = await story.ask<{ id: string }>(
    "SELECT any(incident_id) AS id FROM incident_transitions WHERE subject LIKE 'network/%'",
  );
  const person = { actor: "Ana", note: "", verdict: "leak", eventId: null, url: null } as const;
  assert.equal(await actOnIncident(story.advanceDeps, row!.id, "resolve", person, at + 2 * MINUTE), "done");
  const { pages } = await readBudgetAudit(story.store, budgetInForce(BUDGET, null), NOW);
  assert.deepEqual([pages.sent, pages.leaks, pages.benign, pages.unjudged], [9, 5, 1, 3]);
});
