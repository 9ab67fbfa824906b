import assert from "node:assert/strict";
import { test } from "node:test";
import { routePrice } from "../../src/model/event/event-limits.js";
import { warningsOf } from "../../src/model/event/event-notes.js";
import { liveSpan } from "../../src/model/event/accepted-span.js";
import { parseRequestEvent, type EventRules } from "../../src/model/event/parse-request-event.js";
import type { RequestEvent } from "../../src/model/event/request-event.js";
import { rules } from "../helpers/ingest-rules.js";

const AT = Date.UTC(2026, 2, 8, 2, 11);
const base = { ts: AT, key_id: "key_1" };

function eventOf(wire: object, changed: Partial<EventRules> = {}): RequestEvent {
  const parsed = parseRequestEvent({ ...base, ...wire }, rules(changed));
  assert.equal(parsed.kind, "event", JSON.stringify(parsed));
  return parsed.event;
}

function reasonOf(wire: unknown, changed: Partial<EventRules> = {}): string {
  const parsed = parseRequestEvent(wire, rules(changed));
  return parsed.kind === "refused" ? parsed.reason : "accepted";
}

test("an event of two fields is complete", () => {
  assert.deepEqual(eventOf({}), {
    ts: AT,
    keyId: "key_1",
    sessionKeyId: "",
    observedBy: "gateway",
    id: "",
    sourceIp: null,
    asn: 0,
    networkType: "unknown",
    method: "",
    route: "",
    status: 200,
    latencyMs: 0,
    bytes: 0,
    spendMicros: 0,
    unitMillis: 0,
    count: 1,
    scope: "",
    userAgent: "",
    tlsFingerprint: "",
    region: "",
    service: "",
    maskedFields: "",
    isHistory: true,
  } satisfies RequestEvent);
});

test("every field that breaks the contract is refused under its own name", () => {
  const cases: readonly (readonly [string, object])[] = [
    ["missing_ts", { ts: null }],
    ["bad_ts", { ts: "yesterday" }],
    ["bad_ts", { ts: "-1772935860000" }],
    ["bad_ts", { ts: "2026-02-29T00:00:00Z" }],
    ["bad_ts", { ts: "2026-03-08 02:11:00" }],
    ["bad_ts", { ts: Infinity }],
    ["ts_out_of_range", { ts: -1 }],
    ["ts_out_of_range", { ts: 2 ** 32 * 1000 }],
    ["missing_key", { key_id: undefined }],
    ["two_keys", { key: "0123456789" }],
    ["bad_key_id", { key_id: "" }],
    ["bad_key_id", { key_id: ".." }],
    ["bad_key_id", { key_id: "." }],
    ["bad_principal", { key_id: "k", principal: ".." }],
    ["bad_key_id", { key_id: 7 }],
    ["bad_key_id", { key_id: "k".repeat(257) }],
    ["bad_key_id", { key_id: "a\tb" }],
    ["bad_key_id", { key_id: "a\ud800" }],
    ["bad_key", { key_id: undefined, key: "short" }],
    ["bad_key", { key_id: undefined, key: "k".repeat(513) }],
    ["bad_id", { id: "" }],
    ["bad_id", { id: "i".repeat(129) }],
    ["bad_id", { id: 5 }],
    ["bad_method", { method: 1 }],
    ["bad_route", { route: {} }],
    ["bad_status", { status: 99 }],
    ["bad_status", { status: 600 }],
    ["bad_status", { status: 200.5 }],
    ["bad_status", { status: "OK" }],
    ["bad_status", { status: 1 }],
    ["bad_bucket_minutes", { bucket_minutes: 0 }],
    ["bad_bucket_minutes", { bucket_minutes: 1441 }],
    ["bad_latency_ms", { latency_ms: -0.1 }],
    ["bad_latency_ms", { latency_ms: Infinity }],
    ["bad_bytes", { bytes: 2 ** 40 + 1 }],
    ["bad_bytes", { bytes: 1.5 }],
    ["bad_cost_usd", { cost_usd: -1 }],
    ["bad_cost_usd", { cost_usd: "$1" }],
    ["bad_cost_usd", { cost_usd: "1000000.000001" }],
    ["bad_cost_usd", { cost_usd: 1_000_001, count: 1_000_000_000 }],
    ["bad_cost_usd", { cost_usd: "1e999" }],
    ["bad_units", { units: "three" }],
    ["bad_units", { units: -1 }],
    ["bad_units", { units: 1e9 + 0.001 }],
    ["bad_count", { count: 0 }],
    ["bad_count", { count: 1_000_000_001 }],
    ["bad_observed_by", { observed_by: "nobody" }],
    ["bad_scope", { scope: [] }],
    ["bad_user_agent", { user_agent: true }],
    ["bad_tls_fingerprint", { tls_fingerprint: 7 }],
    ["bad_region", { region: 1 }],
    ["bad_service", { service: 1 }],
  ];
  for (const [reason, wire] of cases) {
    assert.equal(reasonOf({ ...base, ...wire }), reason, JSON.stringify(wire));
  }
  for (const wire of [null, 1, "text", [base]]) assert.equal(reasonOf(wire), "not_an_object");
});

test("live ingest takes events back to the end of retention and 10 minutes ahead, to the millisecond", () => {
  const span = liveSpan(AT, 90);
  const reasonAt = (ts: number) => reasonOf({ ...base, ts }, { span });
  assert.equal(reasonAt(AT + 600_000), "accepted");
  assert.equal(reasonAt(AT + 600_001), "ts_in_future");
  assert.equal(reasonAt(AT - 90 * 86_400_000), "accepted");
  assert.equal(reasonAt(AT - 90 * 86_400_000 - 1), "ts_too_old");
});

test("the sender of events older than a day learns that they found no history, unless an administrator sends them as such", () => {
  const notesAt = (ts: number, isHistory: boolean, wire: object = {}) => {
    const parsed = parseRequestEvent({ ...base, ts, ...wire }, rules({ span: liveSpan(AT, 90), isHistory }));
    return parsed.kind === "event" ? parsed.notes.filter((note) => note === "old_and_no_history").length : -1;
  };
  const dayAgo = AT - 86_400_000;
  assert.deepEqual([notesAt(dayAgo - 1, false), notesAt(dayAgo, false), notesAt(dayAgo - 1, true)], [1, 0, 0]);
  assert.equal(notesAt(dayAgo - 1, false, { observed_by: "provider" }), 0, "a provider's report is always late");
  assert.match(
    warningsOf(new Map([["old_and_no_history", 3]]))[0]!.message,
    /^ts: .*no history: load the past with an admin/,
  );
});

test("texts are cut to their caps, methods are upper-case, queries and fragments are dropped", () => {
  const event = eventOf({
    method: "get",
    route: "/v1/charges?limit=3#top",
    user_agent: `${"a".repeat(255)}😀`,
    region: "r".repeat(100),
  });
  assert.equal(event.method, "GET");
  assert.equal(event.route, "/v1/charges");
  assert.equal(event.userAgent, "a".repeat(255));
  assert.equal(event.region.length, 64);
  assert.equal(eventOf({ service: "a\u0000b\nc\ud800" }).service, "a\ufffdb\ufffdc\ufffd");
});

test("an event without a cost is priced by its route, times its count; a cost of 0 stands", () => {
  const priceOf = (keyId: string, route: string) => (keyId === "key_1" && route === "/v1/sms" ? 7500 : 0);
  assert.equal(eventOf({ route: "/v1/sms?to=1", count: 3 }, { priceOf }).spendMicros, 22_500);
  assert.equal(eventOf({ route: "/v1/sms", cost_usd: 0 }, { priceOf }).spendMicros, 0);
  assert.equal(eventOf({ route: "/v1/other" }, { priceOf }).spendMicros, 0);
  assert.equal(eventOf({ units: 1.0005, cost_usd: "0.02" }).unitMillis, 1001);
});

test("an event may claim a million dollars, 1 TiB and a thousand million units, over all of its count, and nothing beyond", () => {
  const most = { cost_usd: "1000000", bytes: 2 ** 40, units: 1e9, count: 1e9 };
  const { spendMicros, bytes, unitMillis, count } = eventOf(most);
  assert.deepEqual([spendMicros, bytes, unitMillis, count], [1e12, 2 ** 40, 1e12, 1e9]);
  for (const [field, what] of [
    ["cost_usd", "from 0 to 1,000,000 US dollars"],
    ["bytes", "(1 TiB)"],
    ["units", "from 0 to 1,000,000,000"],
    ["count", "from 1 to 1,000,000,000"],
  ] as const) {
    const refused = parseRequestEvent({ ...base, ...most, [field]: Number(most[field]) + 1 }, rules());
    assert.ok(refused.kind === "refused" && refused.reason === `bad_${field}`, field);
    assert.ok(refused.message.startsWith(`${field}: `) && refused.message.includes(what), refused.message);
  }
});

test("no price of the registry makes an event invalid, and none makes it cost more than an event may", () => {
  const prices = JSON.parse('{"/dear":1e308,"/much":999999,"/none":null,"/text":"5","/below":-3}') as Record<
    string,
    number
  >;
  const priceOf = (_: string, route: string) => routePrice(prices, route);
  const costOf = (wire: object) => eventOf(wire, { priceOf }).spendMicros;
  assert.deepEqual(
    ["/dear", "/much", "/none", "/below", "/other"].map((route) => costOf({ route, count: 1e9 })),
    [1e12, 1e12, 0, 0, 0],
  );
  assert.equal(costOf({ route: "/much" }), 999_999e6);
  // Whoever chooses the route chooses no event away.
  for (const route of ["constructor", "toString", "__proto__", "valueOf", "hasOwnProperty"])
    assert.equal(costOf({ route }), 0, route);
});
