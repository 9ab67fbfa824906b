import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { parseEvent } from "../../src/local/pagerduty/protocol.js";
import { fieldsForPagerDuty, toPagerDutyEvent } from "../../src/page/pagerduty-event.js";
import type { PagerDutyEventInput } from "../../src/page/pagerduty-event.js";

const routingKey = "R".repeat(32);
const input: PagerDutyEventInput = {
  action: "trigger",
  dedupKey: "plimsoll/k1/2026",
  summary: "Key k1 is used by somebody else",
  source: "k1",
  severity: "critical",
  at: Date.UTC(2026, 0, 2, 3, 4, 5),
  customDetails: { asns: 14 },
  links: [{ href: "https://plimsoll.example/incidents/1", text: "Incident" }],
  client: "Plimsoll",
};

// Any UTF-16, halves of surrogate pairs included, from nothing to far over the limits.
const anyText = (maxLength: number) =>
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)), maxLength });
const hugeText = fc.tuple(anyText(8), fc.integer({ min: 1, max: 60_000 })).map(([text, times]) => text.repeat(times));
const anyInput: fc.Arbitrary<PagerDutyEventInput> = fc.record(
  {
    action: fc.constantFrom("trigger", "acknowledge", "resolve"),
    dedupKey: anyText(255).filter((key) => key.trim() !== ""),
    summary: anyText(3000),
    source: anyText(600),
    severity: fc.constantFrom("critical", "error", "warning", "info"),
    at: fc.integer({ min: 0, max: 4_000_000_000_000 }),
    component: anyText(600),
    group: anyText(600),
    class: anyText(600),
    customDetails: fc.dictionary(anyText(20), fc.oneof(fc.jsonValue(), hugeText, fc.array(anyText(50))), {
      maxKeys: 8,
    }),
    links: fc.array(fc.record({ href: anyText(3000), text: anyText(600) }, { requiredKeys: ["href"] }), {
      maxLength: 30,
    }),
    client: anyText(600),
    clientUrl: anyText(3000),
  },
  { requiredKeys: ["action", "dedupKey", "summary", "source", "severity", "at", "customDetails", "links", "client"] },
);

function parse(text: string): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>;
}

describe("a PagerDuty event", () => {
  test("is accepted by the Events API's rules, whatever it is made from", () => {
    fc.assert(
      fc.property(anyInput, (any) => {
        const body = toPagerDutyEvent(any);
        const parsed = parseEvent(
          Buffer.from(JSON.stringify({ ...fieldsForPagerDuty(parse(body)), routing_key: routingKey })),
          false,
        );
        assert.deepEqual(parsed.ok ? [] : parsed.errors, []);
        assert.ok(Buffer.byteLength(body) <= 500_000, `${Buffer.byteLength(body)} bytes`);
      }),
      { numRuns: 150 },
    );
  });

  test("never holds half a surrogate pair", () => {
    fc.assert(
      fc.property(anyInput, (any) => {
        const text = JSON.stringify(parse(toPagerDutyEvent(any)));
        // JSON.stringify escapes nothing of this range but halves.
        assert.doesNotMatch(text.replaceAll("\\\\", ""), /\\ud[89a-f]/i);
      }),
      { numRuns: 150 },
    );
  });

  test("is cut between characters, not inside one", () => {
    const { payload } = JSON.parse(toPagerDutyEvent({ ...input, summary: "😀".repeat(1025) })) as {
      payload: { summary: string };
    };
    assert.equal(payload.summary, `${"😀".repeat(1023)}…`);
  });

  test("keeps a summary of exactly 1024 characters whole", () => {
    const summary = "😀".repeat(1024);
    const { payload } = JSON.parse(toPagerDutyEvent({ ...input, summary })) as { payload: { summary: string } };
    assert.equal(payload.summary, summary);
  });

  test("drops the largest details first and says which", () => {
    const customDetails = { small: 1, larger: "x".repeat(300_000), largest: "y".repeat(600_000), last: "z" };
    const { payload } = JSON.parse(toPagerDutyEvent({ ...input, customDetails })) as {
      payload: { custom_details: Record<string, unknown> };
    };
    assert.deepEqual(Object.keys(payload.custom_details), ["small", "larger", "last", "dropped_details"]);
    assert.match(String(payload.custom_details["dropped_details"]), /: largest$/);
  });

  test("has no field for what is not known", () => {
    assert.deepEqual(parse(toPagerDutyEvent(input)), {
      event_action: "trigger",
      dedup_key: "plimsoll/k1/2026",
      payload: {
        summary: "Key k1 is used by somebody else",
        source: "k1",
        severity: "critical",
        timestamp: "2026-01-02T03:04:05.000Z",
        custom_details: { asns: 14 },
      },
      links: [{ href: "https://plimsoll.example/incidents/1", text: "Incident" }],
      client: "Plimsoll",
    });
  });

  test("resolves by the dedup key alone", () => {
    assert.deepEqual(fieldsForPagerDuty(parse(toPagerDutyEvent({ ...input, action: "resolve" }))), {
      event_action: "resolve",
      dedup_key: "plimsoll/k1/2026",
    });
  });

  test("takes nothing to PagerDuty that PagerDuty has no field for", () => {
    const composed = parse(toPagerDutyEvent({ ...input, notification: "opened", owners: ["payments"] }));
    assert.deepEqual([composed["notification"], composed["owners"]], ["opened", ["payments"]]);
    assert.deepEqual(fieldsForPagerDuty(composed), parse(toPagerDutyEvent(input)));
  });

  test("refuses a dedup key that PagerDuty would refuse, instead of cutting it", () => {
    assert.throws(() => toPagerDutyEvent({ ...input, dedupKey: "" }), RangeError);
    assert.throws(() => toPagerDutyEvent({ ...input, dedupKey: "k".repeat(256) }), RangeError);
  });
});
