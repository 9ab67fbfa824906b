import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { decodeBody } from "../../src/http/decode-body.js";
import { acceptEvents, type AcceptedEvents } from "../../src/pipeline/accept-events.js";
import { rules } from "../helpers/ingest-rules.js";

const CASES = process.env["TEST_FAULT_ROUNDS"] === undefined ? 10_000 : 100_000;
const NOW = Date.UTC(2026, 2, 8);
const live = rules({ span: { oldestAt: NOW - 90 * 86_400_000, newestAt: NOW + 600_000 } });

/** A value of a field, and whether the contract takes it. */
interface Value {
  readonly value: unknown;
  readonly good: boolean;
}

const taken = (...values: unknown[]) => values.map((value): Value => ({ value, good: true }));
const refused = (...values: unknown[]) => values.map((value): Value => ({ value, good: false }));
/** Of no field's type, but for those that take numbers or texts. */
const ODD = [true, [], {}, [1], { a: 1 }];
const text = [...taken("", "x", "a\u0000b", "\ud800", "é".repeat(9999), "__proto__"), ...refused(1, ...ODD)];
const number = [...taken(0, 1, 0.5, 1e9), ...refused(-1, -0.001, 1e300, "1", ...ODD)];

const FIELDS: Readonly<Record<string, readonly Value[]>> = {
  ts: [
    ...taken(NOW, NOW - 1, new Date(NOW).toISOString(), "2026-03-01T00:00:00+14:00", NOW + 600_000, NOW - 0.5),
    ...refused(
      undefined,
      NOW + 600_001,
      NOW / 1000,
      0,
      -1,
      1e300,
      1e20,
      "",
      "never",
      "2026-02-30T00:00:00Z",
      "2026-03-08",
      ...ODD,
    ),
  ],
  id: [...taken("r1", "x".repeat(128)), ...refused("", "x".repeat(129), 1, ...ODD)],
  source_ip: taken("", "203.0.113.7", "::1", "nonsense", "1.2.3.4\n", 5, ...ODD),
  method: text,
  route: text,
  scope: text,
  user_agent: text,
  region: text,
  service: text,
  status: [...taken(100, 200, 599), ...refused(99, 600, 200.5, "200", -200, 1e300, ...ODD)],
  latency_ms: number,
  units: number,
  bytes: [...taken(0, 1, Number.MAX_SAFE_INTEGER), ...refused(-1, 0.5, 2 ** 53, "1", ...ODD)],
  count: [...taken(1, 1_000_000_000), ...refused(0, -1, 1.5, 1_000_000_001, "1", ...ODD)],
  cost_usd: [
    ...taken(0, "0.0125", 1.5, "1e-9", "1E2"),
    ...refused(-1, "-1", "", " 1", "NaN", "Infinity", "0x10", 1e30, ...ODD),
  ],
  observed_by: [
    ...taken("gateway", "caller", "provider"),
    ...refused("", "Gateway", 1, "__proto__", "constructor", ...ODD),
  ],
};

const keys: readonly (readonly [object, boolean])[] = [
  [{ key_id: "key_1" }, true],
  [{ key_id: "x".repeat(128) }, true],
  [{ key: "a raw key of some length" }, true],
  [{ key_id: "key_1", key: null }, true],
  ...[
    {},
    { key_id: "" },
    { key_id: "x".repeat(129) },
    { key_id: 5 },
    { key_id: "a\u0000b" },
    { key_id: `sk_live_${"a1B2".repeat(6)}` },
  ].map((wire) => [wire, false] as const),
  ...[{ key: "short" }, { key: "x".repeat(513) }, { key: 12_345_678 }, { key_id: "key_1", key: "another key" }].map(
    (wire) => [wire, false] as const,
  ),
];

interface Line {
  readonly text: string;
  readonly good: boolean;
}

/** A good event with none, one or two of its fields replaced. */
const wireLine: fc.Arbitrary<Line> = fc
  .tuple(
    fc.constantFrom(...keys),
    fc.array(
      fc
        .constantFrom(...Object.keys(FIELDS))
        .chain((field) => fc.tuple(fc.constant(field), fc.constantFrom(...FIELDS[field]!))),
      { maxLength: 2 },
    ),
    fc.dictionary(
      fc.constantFrom("__proto__", "constructor", "toString", "extra", "ıd"),
      fc.jsonValue({ maxDepth: 2 }),
      { maxKeys: 1 },
    ),
  )
  .map(([[key, keyIsGood], changes, extra]) => {
    const good = new Map(changes.map(([field, value]) => [field, value.good]));
    const wire = {
      ...extra,
      ts: NOW,
      ...key,
      ...Object.fromEntries(changes.map(([field, { value }]) => [field, value])),
    };
    return { text: JSON.stringify(wire), good: keyIsGood && [...good.values()].every(Boolean) };
  });

const brokenLine: fc.Arbitrary<Line> = fc
  .oneof(
    fc.tuple(wireLine, fc.nat()).map(([line, at]) => line.text.slice(0, at % line.text.length) || "{"),
    fc.string({ unit: "binary", minLength: 1 }).map((noise) => `x${noise.replaceAll("\n", "")}`),
    fc.constantFrom(
      "[".repeat(20_000),
      '{"a":'.repeat(20_000),
      "null",
      "[]",
      '"text"',
      "{}",
      "\u0000",
      "-",
      '{"ts":1e99999,"key_id":"k"}',
    ),
  )
  .map((broken) => ({ text: broken, good: false }));

function accept(body: Buffer): AcceptedEvents {
  const result = acceptEvents(body, "ndjson", live);
  assert.ok(result.kind === "events");
  return result;
}

test(`of ${CASES} hostile bodies exactly what the contract takes is taken, each line for itself`, () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ arbitrary: wireLine, weight: 3 }, brokenLine), { minLength: 1, maxLength: 6 }),
      (lines) => {
        const result = accept(Buffer.from(lines.map((line) => line.text).join("\n")));
        const bad = lines.flatMap((line, index) => (line.good ? [] : [index + 1]));
        assert.deepEqual(
          result.errors.map(({ line }) => line),
          bad,
          JSON.stringify(lines),
        );
        assert.deepEqual([result.accepted, result.rejected], [lines.length - bad.length, bad.length]);
      },
    ),
    { numRuns: CASES },
  );
});

test(`in ${CASES} bodies a line whose bytes were changed at random spoils none beside it`, () => {
  const good = Buffer.from(JSON.stringify({ ts: NOW, key_id: "key_1", id: "beside" }));
  const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(wireLine, changes, (line, changed) => {
      const bytes = Buffer.from(line.text);
      for (const [at, byte] of changed) bytes[at % bytes.length] = byte === 10 ? 11 : byte;
      const { events, accepted, rejected, errors } = accept(
        Buffer.concat([good, Buffer.from("\n"), bytes, Buffer.from("\n"), good]),
      );
      const beside = events.filter(({ id }) => id === "beside").length;
      assert.ok(beside >= 2 && accepted + rejected >= 2 && accepted + rejected <= 3);
      assert.ok(errors.every((error) => error.line === 2));
    }),
    { numRuns: CASES },
  );
});

test("the last of equal names counts, prototypes are left alone, and lone surrogates and NUL are not stored", () => {
  const lines = [
    `{"ts":${NOW},"key_id":"a","key_id":"b","status":999,"status":201}`,
    `{"ts":${NOW},"key_id":"c","__proto__":{"polluted":1,"count":5},"constructor":{"prototype":{"polluted":1}}}`,
    `{"ts":${NOW},"key_id":"d","route":"/\\u0000\\ud83d/x","user_agent":"a\\udc00b"}`,
  ];
  const { events } = accept(Buffer.from(lines.join("\n")));
  assert.deepEqual(
    events.map(({ keyId, status, count, route, userAgent }) => [keyId, status, count, route, userAgent]),
    [
      ["b", 201, 1, "", ""],
      ["c", 200, 1, "", ""],
      ["d", 200, 1, "/\ufffd\ufffd/x", "a\ufffdb"],
    ],
  );
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
});

test("1 GB of blanks in gzip is refused with the memory of 10 MiB", async () => {
  const part = gzipSync(Buffer.alloc(64 * 2 ** 20, " "));
  const bomb = Buffer.concat(Array.from({ length: 16 }, () => part));
  const before = process.memoryUsage().rss;
  assert.equal(await decodeBody(bomb, "gzip"), "too_large");
  assert.ok(process.memoryUsage().rss - before < 60 * 2 ** 20);
});

test("ten MiB of blanks, of brackets, of one digit, of one text are refused, or are a heartbeat", () => {
  for (const byte of [" ", "[", "{", "9", '"', "\\", "\u0000", "\n", ","]) {
    for (const type of ["ndjson", "json"] as const) {
      const result = acceptEvents(Buffer.alloc(10 * 2 ** 20, byte), type, live);
      const isBlank = byte.trim() === "" && byte !== "\u0000";
      const found = result.kind === "events" ? [result.accepted, result.heartbeat] : [0, false];
      assert.deepEqual(found, [0, isBlank], `${JSON.stringify(byte)} as ${type}`);
    }
  }
});
