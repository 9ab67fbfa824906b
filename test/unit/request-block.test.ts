import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { RequestEvent } from "../../src/model/request-event.js";
import { blocksOf, DAYS_PER_BLOCK, encodeRow } from "../../src/store/request-block.js";
import { readRows } from "../helpers/read-rows.js";

const DAY_MS = 86_400_000;

const text = (maxLength: number) => fc.string({ unit: "binary", maxLength });
const anyEvent: fc.Arbitrary<RequestEvent> = fc.record({
  ts: fc.integer({ min: 0, max: 2 ** 32 * 1000 - 1 }),
  keyId: text(20),
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
  region: text(5),
  service: text(5),
  maskedFields: fc.constantFrom("", "route,scope"),
});

test("what is encoded decodes to the same fields, whatever the texts hold", () => {
  fc.assert(
    fc.property(anyEvent, text(5), (event, source) => {
      const data = encodeRow(event, source);
      const [row] = readRows([{ rows: 1, from: 0, to: 1, data }]);
      assert.deepEqual(row, {
        ts: `${String(Math.floor(event.ts / 1000)).padStart(10, "0")}.${String(event.ts % 1000).padStart(3, "0")}`,
        key_id: event.keyId,
        observed_by: event.observedBy,
        id: event.id,
        source_ip: event.sourceIp ?? "::",
        asn: String(event.asn),
        network_type: event.networkType,
        method: event.method,
        route: event.route,
        status: String(event.status),
        latency_ms: String(event.latencyMs),
        bytes: String(event.bytes),
        spend_micros: String(event.spendMicros),
        unit_millis: String(event.unitMillis),
        count: String(event.count),
        scope: event.scope,
        user_agent: event.userAgent,
        region: event.region,
        service: event.service,
        ingest_source: source,
        masked_fields: event.maskedFields,
      });
    }),
    { numRuns: 1000 },
  );
});

test("blocks hold every event once, each in its span, and touch at most 30 days", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anyEvent, fc.integer({ min: 0, max: 200 })), { maxLength: 150 }), (picked) => {
      const events = picked.map(([event, day], index) => ({
        ...event,
        id: String(index),
        ts: day * DAY_MS + (event.ts % DAY_MS),
      }));
      const blocks = blocksOf(events, "acme");
      const ids = readRows(blocks).map((row) => Number(row.id));
      assert.deepEqual(
        ids.toSorted((a, b) => a - b),
        events.map((_, index) => index),
      );
      for (const block of blocks) {
        const instants = readRows([block]).map((row) => Math.round(Number(row.ts) * 1000));
        assert.equal(Math.min(...instants), block.from);
        assert.equal(Math.max(...instants) + 1, block.to);
        assert.ok(new Set(instants.map((ts) => Math.floor(ts / DAY_MS))).size <= DAYS_PER_BLOCK);
      }
    }),
    { numRuns: 50 },
  );
});
