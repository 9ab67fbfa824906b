import assert from "node:assert/strict";
import { fieldsForPagerDuty } from "../../src/page/pagerduty-event.js";
import { test } from "node:test";
import * as fc from "fast-check";
import { parseEvent } from "../../src/local/pagerduty/protocol.js";
import type { Finding } from "../../src/model/finding/finding.js";
import { summaryText } from "../../src/model/finding/headline.js";
import { leakHeadline } from "../../src/model/finding/use-sentences.js";
import type { KeyVersion } from "../../src/model/key/key.js";
import { pagesFor, type PageParts } from "../../src/page/compose/compose-pages.js";
import { minimalPage } from "../../src/page/compose/compose-minimal.js";
import { pageSummary } from "../../src/page/compose/page-summary.js";
import { nextBusinessMorning } from "../../src/time/business-morning.js";
import { finding, HOUR, incident, MINUTE, since, T, transition } from "../helpers/incident-parts.js";
import { keyVersion } from "../helpers/key-version.js";
import { NO_EVIDENCE } from "../../src/page/evidence.js";

const anyText = fc.string({ unit: "grapheme", maxLength: 300 });
const anyKey = fc
  .record({
    display: anyText,
    owner: anyText,
    service: anyText,
    environment: anyText,
    runbookUrl: fc.webUrl(),
    routingKeyRef: anyText,
  })
  .map((known) => keyVersion({ keyId: "k", ...known }));
const anySource = fc.record({
  address: anyText,
  asn: fc.nat(),
  network_type: fc.constantFrom("hosting", "unknown"),
  first_seen: anyText,
  requests: fc.nat(),
  refused: fc.nat(),
  spend_micros: fc.nat(),
});
const anyFinding: fc.Arbitrary<Finding> = fc
  .record({
    keyId: anyText,
    cause: fc.constantFrom<Finding["cause"]>("leak", "rule", "outside_allowed", "coverage"),
    headline: fc.record({
      key: fc.option(fc.record({ name: anyText, owner: fc.option(anyText) })),
      what: fc.string({ unit: "grapheme", maxLength: 3000 }),
      brief: fc.string({ unit: "grapheme", maxLength: 3000 }),
    }),
    onset: fc.integer({ min: T - 30 * 24 * HOUR, max: T }),
    statistics: fc.oneof(
      fc.record({ explanation: anyText, new_sources: fc.array(anySource, { maxLength: 40 }) }),
      fc.record({
        since_onset: fc.constant(since(12.5).since_onset),
        keys: fc.array(fc.record({ key_id: anyText, requests: fc.nat() }), { maxLength: 3000 }),
        network: anyText,
      }),
      fc.record({ rule: anyText, sources: fc.array(anySource, { maxLength: 40 }), what_to_do: anyText }),
    ),
  })
  .map((changed) => finding("critical", T, changed));
const partsOf = (
  one: Finding | null,
  key: KeyVersion | null,
  kind: "opened" | "escalated" | "resolved",
): PageParts => ({
  transition: transition({ kind, reason: "higher_cost", episode: 2, sequence: 4, keyId: one?.keyId ?? "k" }),
  before: kind === "opened" ? null : incident("error"),
  finding: kind === "resolved" ? null : one,
  registry: new Map(key === null ? [] : [[key.keyId, key]]),
  baseUrl: "https://plimsoll.example/here",
  evidence: NO_EVIDENCE,
  query: null,
  routingRef: null,
  sendUpdates: true,
  isLive: true,
});

test("whatever was found, PagerDuty takes the page and its minimal form, and the summary fits a phone with its end in it", () => {
  fc.assert(
    fc.property(anyFinding, fc.option(anyKey), fc.constantFrom("opened", "escalated", "resolved"), (one, key, kind) => {
      for (const page of pagesFor(partsOf(one, key, kind))) {
        const minimal = page.action === "trigger" ? [minimalPage(page, "PagerDuty said: ✗ no")!] : [];
        for (const { body } of [page, ...minimal]) {
          const sent = JSON.stringify({ ...(JSON.parse(body) as object), routing_key: "R".repeat(32) });
          const parsed = parseEvent(Buffer.from(sent), false);
          assert.deepEqual(parsed.ok ? [] : parsed.errors, []);
        }
      }
      const summary = pageSummary(one);
      assert.ok(Array.from(summary).length <= 120, summary);
      assert.match(summary, /since (\d\d-\d\d )?\d\d:\d\d UTC( \(\$[\d,.]+\))?$/);
    }),
    { numRuns: 200 },
  );
});

test("a summary says key, owner, what, beside what, since when and how much; long names give way before that", () => {
  const used = {
    since: {
      requests: 3400,
      expected_requests: 40,
      spend_micros: 60e6,
      expected_spend_micros: null,
      novel_requests: 3357,
      novel_spend_micros: 58.86e6,
    },
    addresses: 2,
    onset: T - 28 * MINUTE,
    tick: T,
  };
  const headline = leakHeadline({ name: "plk_…a4c3", owner: "growth" }, used);
  const one = finding("critical", T, { onset: used.onset, headline, statistics: since(58.86) });
  const said =
    "plk_…a4c3 (growth): 3,357 requests from 2 new addresses, on top of its normal traffic, since 11:32 UTC ($58.86)";
  assert.deepEqual([pageSummary(one), summaryText(one)], [said, said]);
  const long = leakHeadline({ name: "x".repeat(90), owner: "the team of many words and few keys" }, used);
  assert.equal(
    pageSummary({ ...one, headline: long }),
    `${"x".repeat(27)}… (the team of many wo…): 3,357 requests from 2 new addresses, on…, since 11:32 UTC ($58.86)`,
  );
  const told = (change: object, more: object = {}) =>
    leakHeadline({ name: "k", owner: null }, { ...used, since: { ...used.since, ...change }, ...more }).what;
  const brief = "3,357 requests from 2 new addresses";
  assert.deepEqual(
    [
      told({ requests: 3367 }),
      told({ requests: 3357 }),
      told({ requests: 3357, expected_requests: 0.2 }),
      told({}, { firstDays: "new" }),
      told({}, { firstDays: "dormant", endedAt: "2026-03-08T11:50:00.000Z" }),
    ],
    [
      `${brief}, with little of its normal traffic beside it, since 11:32 UTC ($58.86)`,
      `${brief}, with none of its normal traffic beside it, since 11:32 UTC ($58.86)`,
      `${brief}, when this key is usually not in use, since 11:32 UTC ($58.86)`,
      `${brief}, in the first 48 hours of this key, since 11:32 UTC ($58.86)`,
      `${brief}, the first use of this key, from 11:32 to 11:50 UTC ($58.86)`,
    ],
  );
  const yesterday = finding("critical", T, { onset: T - 20 * HOUR, summary: "k: odd" });
  assert.equal(pageSummary(yesterday), "k: odd, since 03-07 16:00 UTC");
});

test("the next business morning is nine o'clock UTC of the next weekday", () => {
  const at = (text: string) => nextBusinessMorning(Date.parse(text));
  const iso = (ms: number) => new Date(ms).toISOString();
  assert.equal(iso(at("2026-03-06T02:00:00Z")), "2026-03-06T09:00:00.000Z");
  assert.equal(iso(at("2026-03-06T09:00:00Z")), "2026-03-09T09:00:00.000Z");
  assert.equal(iso(at("2026-03-08T23:59:00Z")), "2026-03-09T09:00:00.000Z");
});

test("an end says nothing but that, and an escalation ends the notification before it under that one's dedup key", () => {
  const pages = pagesFor(partsOf(finding("error"), null, "escalated"));
  assert.deepEqual(
    pages.map(({ action, dedupKey, step, place }) => [action, dedupKey, step, place]),
    [
      ["trigger", "plimsoll/leak/k/1/2", 4, 0],
      ["resolve", "plimsoll/leak/k/1/1", 4, 2],
    ],
  );
  const former = JSON.parse(pages[1]!.body) as { notification: string; payload: { custom_details: object } };
  assert.deepEqual(fieldsForPagerDuty(former), { event_action: "resolve", dedup_key: "plimsoll/leak/k/1/1" });
  assert.deepEqual([former.notification, former.payload.custom_details], ["superseded", {}]);
  const long = {
    ...partsOf(null, null, "resolved"),
    transition: transition({ kind: "resolved", incidentId: `leak/${"k".repeat(300)}/1` }),
  };
  assert.match(pagesFor(long)[0]!.dedupKey ?? "", /^plimsoll\/[0-9a-f]{64}$/);
});
