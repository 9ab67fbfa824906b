import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { AcceptedEvents, BodyType } from "../../src/pipeline/ingest/read-events.js";
import { acceptEvents } from "../helpers/accept-events.js";
import { rules } from "../helpers/ingest-rules.js";

const AT = Date.UTC(2026, 2, 8, 2, 11);
const good = (id: string, ts: number = AT) => JSON.stringify({ ts, key_id: "key_1", id });

function accept(body: string | Buffer, type: BodyType = "ndjson"): AcceptedEvents {
  const result = acceptEvents(Buffer.from(body), type, rules());
  assert.equal(result.kind, "events", JSON.stringify(result));
  return result;
}

const refusedBecause = (body: string | Buffer, type: BodyType = "json") => {
  const result = acceptEvents(Buffer.from(body), type, rules());
  return result.kind === "refused" ? result.reason : "events";
};

const badLine = fc.oneof(
  fc.string({ unit: "binary" }).map((text) => `x${text.replaceAll("\n", " ")}`),
  fc.constantFrom("{", "[]", "null", "42", '"text"', '{"ts":1}', '{"ts":"?","key_id":"k"}', "[".repeat(5000)),
  fc.constantFrom('{"ts":1,"key_id":"k","status":1e999}', '{"__proto__":{"ts":1,"key_id":"k"}}'),
);

test("a good line is accepted whatever surrounds it, and a bad line costs only itself", () => {
  const lines = fc.array(fc.oneof(fc.constant("good"), fc.constantFrom("", "  ", "\t", "\r"), badLine), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(lines, fc.constantFrom("\n", "\r\n"), fc.boolean(), (kinds, end, bom) => {
      const texts = kinds.map((kind, index) => (kind === "good" ? good(`line-${index + 1}`) : kind));
      const result = accept(`${bom ? "\ufeff" : ""}${texts.join(end)}`);
      const goodLines = kinds.flatMap((kind, index) => (kind === "good" ? [`line-${index + 1}`] : []));
      const badLines = kinds.flatMap((kind, index) => (kind === "good" || kind.trim() === "" ? [] : [index + 1]));
      assert.deepEqual(
        result.events.map((event) => event.id),
        goodLines,
      );
      assert.equal(result.rejected, badLines.length);
      assert.deepEqual(
        result.errors.map((error) => error.line),
        badLines.slice(0, 20),
      );
    }),
    { numRuns: 300 },
  );
});

test("random bytes are always answered", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc.string({
      unit: fc.constantFrom("[", "]", "{", "}", ",", ":", '"', "\\", "\n", " ", "1", "a", "e"),
    }),
  );
  fc.assert(
    fc.property(bytes, fc.constantFrom<BodyType>("ndjson", "json"), (body, type) => {
      acceptEvents(Buffer.from(body as string), type, rules());
    }),
    { numRuns: 3000 },
  );
});

test("a JSON array is taken exactly when JSON.parse takes it", () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue()),
      fc.nat(),
      fc.constantFrom("", ",", "]", "[", "}", '"', " "),
      (values, at, noise) => {
        const text = JSON.stringify(values);
        const cut = at % (text.length + 1);
        const changed = text.slice(0, cut) + noise + text.slice(cut);
        let expected = "events";
        try {
          if (!Array.isArray(JSON.parse(changed))) expected = "not_json";
        } catch {
          expected = "not_json";
        }
        assert.equal(refusedBecause(changed), expected, changed);
      },
    ),
    { numRuns: 2000 },
  );
});

test("a bad element of a JSON array costs only itself and is named by its place", () => {
  const result = accept(`[${good("a")}, {"ts":"never","key_id":"k"} ,${good("b")}]`, "json");
  assert.equal(result.accepted, 2);
  assert.equal(result.errors[0]?.line, 2);
  assert.match(result.errors[0]?.reason ?? "", /^bad_ts: ts: /);
  assert.equal(accept(`\ufeff ${good("a")} `, "json").accepted, 1);
  for (const text of [`[${good("a")}`, `[${good("a")},]`, `${good("a")}\n${good("b")}`, "5", "{", "[1}"]) {
    assert.equal(refusedBecause(text), "not_json", text);
  }
});

test("a body of nothing is a heartbeat, a body of bad events is not", () => {
  for (const body of ["", "\n\n", " \r\n", "\ufeff"]) {
    assert.ok(accept(body).heartbeat);
    assert.ok(accept(body, "json").heartbeat);
  }
  assert.ok(accept("[]", "json").heartbeat);
  assert.ok(!accept("{}").heartbeat);
});

test("the 20,001st event refuses the body, blank lines are free", () => {
  assert.equal(accept("{}\n\n".repeat(20_000)).rejected, 20_000);
  assert.equal(refusedBecause("{}\n".repeat(20_001), "ndjson"), "too_many_events");
  assert.equal(refusedBecause(`[${"0,".repeat(20_000)}0]`), "too_many_events");
});

test("bytes that are not UTF-8 cost only their line, and a huge event costs only itself", () => {
  const latin1 = Buffer.concat([
    Buffer.from(`${good("a")}\n{"key_id":"`),
    Buffer.from([0xe9]),
    Buffer.from(`"}\n${good("b")}`),
  ]);
  const result = accept(latin1);
  assert.equal(result.accepted, 2);
  assert.match(result.errors[0]?.reason ?? "", /^not_utf8: /);
  const huge = accept(`{"x":"${"y".repeat(2 ** 20)}"}\n${good("b")}`);
  assert.equal(huge.accepted, 1);
  assert.equal(huge.rejectedByReason.get("event_too_large"), 1);
});

test("no part of a line is repeated in its error", () => {
  const secret = "super-secret-raw-key-0123456789";
  const bodies = [
    `{"key":"${secret}"`,
    `{"key":"${secret}","ts":"${secret}"}`,
    secret,
    `{"key_id":"${secret}","status":"${secret}","ts":1}`,
  ];
  for (const body of bodies) assert.ok(!JSON.stringify(accept(body).errors).includes(secret), body);
});

test("the last of two equal names counts, and __proto__ is only an unknown field", () => {
  const result = accept(`{"ts":${AT},"key_id":"a","key_id":"b","__proto__":{"count":5},"constructor":1}`);
  assert.deepEqual(
    result.events.map((event) => [event.keyId, event.count]),
    [["b", 1]],
  );
});

test("lines that curl -d joined are told apart from what is no JSON, with the option that keeps them apart", () => {
  const event = JSON.stringify({ ts: 1, key_id: "a" });
  const reasonsOf = (text: string) => {
    const read = acceptEvents(Buffer.from(text), "ndjson", rules());
    return read.kind === "events" ? read.errors.map(({ reason }) => reason) : read;
  };
  for (const joined of [`${event}${event}`, `${event} \t${event}`, `\n${event}\r${event}\n`]) {
    const [reason = ""] = reasonsOf(joined) as string[];
    assert.match(reason, /^joined_lines: .*--data-binary/);
  }
  assert.match((reasonsOf('{"a": "}{"') as string[])[0]!, /^joined_lines/);
  assert.match((reasonsOf("{'ts': 1}") as string[])[0]!, /^not_json/);
});
