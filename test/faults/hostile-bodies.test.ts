import assert from "node:assert/strict";
import { test } from "node:test";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { openBodyBudget } from "../../src/http/body-budget.js";
import { LeastRate } from "../../src/http/least-rate.js";
import { MAX_BODY_BYTES, readBody } from "../../src/http/read-body.js";
import { liveSpan } from "../../src/model/event/accepted-span.js";
import type { AcceptedEvents } from "../../src/pipeline/ingest/read-events.js";
import { acceptEvents } from "../helpers/accept-events.js";
import { rules } from "../helpers/ingest-rules.js";
import { brokenLine, NOW, wireLine } from "./wild-lines.js";

const CASES = process.env["TEST_FAULT_ROUNDS"] === undefined ? 10_000 : 100_000;
const live = rules({ span: liveSpan(NOW, 90) });

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
  const account = openBodyBudget(MAX_BODY_BYTES).open("attacker", 0)!;
  const options = { account, reservedBytes: 0, limitBytes: MAX_BODY_BYTES, leastRate: new LeastRate() };
  const reading = readBody(Readable.from([bomb], { objectMode: false }), { encoding: "gzip", ...options });
  await assert.rejects(reading, { name: "BodyRefused", reason: "too_large" });
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
