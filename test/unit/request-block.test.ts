import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { RequestEvent } from "../../src/model/event/request-event.js";
import { blockOf, blocksOf } from "../../src/store/ingest/request-block.js";
import { readPieces } from "../helpers/read-native.js";

const DAY_MS = 86_400_000;

const text = (maxLength: number) => fc.string({ unit: "binary", maxLength });
const anyEvent: fc.Arbitrary<RequestEvent> = fc.record({
  ts: fc.integer({ min: 0, max: 2 ** 32 * 1000 - 1 }),
  keyId: text(20),
  sessionKeyId: text(20),
  observedBy: fc.constantFrom("gateway", "caller", "provider"),
  id: text(20),
  sourceIp: fc.constantFrom(null, "::ffff:203.0.113.9", "2001:db8::1"),
  asn: fc.nat(),
  networkType: fc.constantFrom("unknown", "hosting", "isp"),
  method: text(5),
  route: fc.string({
    unit: fc.constantFrom("\\", "\t", "\n", "\r", "\0", "N", "t", "é", "😀", "\ud800"),
  }),
  status: fc.integer({ min: 100, max: 599 }),
  latencyMs: fc.double({ min: 0, max: 1e12, noNaN: true }),
  bytes: fc.maxSafeNat(),
  spendMicros: fc.maxSafeNat(),
  unitMillis: fc.maxSafeNat(),
  count: fc.integer({ min: 1, max: 1e9 }),
  scope: text(5),
  userAgent: text(5),
  tlsFingerprint: text(5),
  region: text(5),
  service: text(5),
  maskedFields: fc.constantFrom("", "route,scope"),
  isHistory: fc.boolean(),
});

const printed = (value: string) => Buffer.from(value).toString();

test("what is encoded decodes to the same fields, whatever the texts hold and whoever sent them", () => {
  const parts = fc.array(fc.record({ source: text(5), events: fc.array(anyEvent, { maxLength: 5 }) }), {
    maxLength: 4,
  });
  fc.assert(
    fc.property(parts, (sent) => {
      const { rows, data } = blockOf(sent);
      const expected = sent.flatMap(({ source, events }) =>
        events.map((event) => ({
          ts: String(event.ts),
          key_id: printed(event.keyId),
          session_key_id: printed(event.sessionKeyId),
          observed_by: event.observedBy,
          id: printed(event.id),
          source_ip: event.sourceIp ?? "::",
          asn: String(event.asn),
          network_type: event.networkType,
          method: printed(event.method),
          route: printed(event.route),
          status: String(event.status),
          latency_ms: String(Math.fround(event.latencyMs)),
          bytes: String(event.bytes),
          spend_micros: String(event.spendMicros),
          unit_millis: String(event.unitMillis),
          count: String(event.count),
          scope: printed(event.scope),
          user_agent: printed(event.userAgent),
          tls_fingerprint: printed(event.tlsFingerprint),
          region: printed(event.region),
          service: printed(event.service),
          ingest_source: printed(source),
          masked_fields: event.maskedFields,
          is_history: event.isHistory ? "1" : "0",
        })),
      );
      assert.deepEqual(readPieces([data]), expected);
      assert.equal(rows, expected.length);
    }),
    { numRuns: 1000 },
  );
});

test("a column may hold more distinct values than two bytes can number", () => {
  const [event] = fc.sample(anyEvent, 1);
  const events = Array.from({ length: 70_000 }, (_, index) => ({
    ...event!,
    keyId: `key ${index} ${"é".repeat(index % 60)}`,
  }));
  const rows = readPieces([blockOf([{ source: "acme", events }]).data]);
  assert.ok(rows.every((row, index) => row["key_id"] === events[index]?.keyId));
});

test("blocks hold every event once, and each is of one week", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anyEvent, fc.integer({ min: 0, max: 200 })), { maxLength: 150 }), (picked) => {
      const events = picked.map(([event, day], index) => ({
        ...event,
        id: String(index),
        ts: day * DAY_MS + (event.ts % DAY_MS),
      }));
      const blocks = blocksOf([{ source: "acme", events }]).map(({ data }) => readPieces([data]));
      const ids = blocks.flat().map((row) => Number(row["id"]));
      assert.deepEqual(
        ids.toSorted((a, b) => a - b),
        events.map((_, index) => index),
      );
      for (const rows of blocks) {
        const days = rows.map((row) => Math.floor(Number(row["ts"]) / DAY_MS));
        const mondays = days.map((day) => day - ((new Date(day * DAY_MS).getUTCDay() + 6) % 7));
        assert.equal(new Set(mondays).size, 1);
      }
    }),
    { numRuns: 50 },
  );
});
