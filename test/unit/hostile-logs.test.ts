import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { array, assert as check, asyncProperty, constantFrom, json, nat, oneof, string, tuple } from "fast-check";
import { parseRequestEvent } from "../../src/model/event/parse-request-event.js";
import { parseFieldMap, mappedFormat } from "../../src/import/formats/mapped.js";
import { decodeText } from "../../src/import/read-text.js";
import { suggestMap } from "../../src/import/record/suggest-map.js";
import { sampleOf, guessFormat } from "../../src/import/record/guess-format.js";
import { rules } from "../helpers/ingest-rules.js";
import { logFixtures, optionsOf, readLogText, theFormat } from "../helpers/read-fixture.js";
import { WORST_UNITS } from "../helpers/worst-texts.js";

const fixtures = logFixtures().filter(({ format }) => format !== "ndjson" && format !== "cloudtrail");

/** What a sender may claim beyond what ingest takes: it names these itself. */
const CLAIMS = new Set(["ts_out_of_range", "bad_cost_usd", "bad_units", "bad_count", "bad_bucket_minutes"]);
const lists = [
  "0",
  "-1",
  "1e999",
  "null",
  "-",
  '""',
  "{}",
  "[]",
  '"2026-13-45T99:99:99Z"',
  '"\\u0000\\u202e"',
  "1e300",
  "true",
  "[[[]]]",
];
const hostile = oneof(
  constantFrom(...lists, ...Object.values(WORST_UNITS).map((unit) => JSON.stringify(unit.repeat(40)))),
  json({ maxDepth: 2 }),
  string({ unit: "binary", maxLength: 40 }).map((text) => JSON.stringify(text)),
);
const edits = array(tuple(nat(), hostile), { minLength: 1, maxLength: 6 });

/** The text with some of its values (or, in a line, some places) replaced. */
function edited(text: string, changes: readonly (readonly [number, string])[]): string {
  let log = text;
  for (const [seed, value] of changes) {
    const values = [...log.matchAll(/(?<=: ?)("(?:[^"\\]|\\.)*"|-?\d[\d.e+-]*|\{\}|null)|(?<= )[^ "]+(?= )/g)];
    if (values.length === 0) return log;
    const one = values[seed % values.length]!;
    const isValue = one[1] !== undefined;
    log =
      log.slice(0, one.index) +
      (isValue ? value : value.replaceAll(/["\n]/g, "")) +
      log.slice(one.index + one[0].length);
  }
  return log;
}

describe("whatever stands in a log, no parser throws, and what it makes is an event that ingest takes", () => {
  for (const { place, format, text } of fixtures) {
    it(place, async () => {
      await check(
        asyncProperty(
          edits,
          constantFrom("", "ip", "user", "header:1", "header:x-consumer-id"),
          async (changes, keyFrom) => {
            const records = await readLogText(
              theFormat(format),
              edited(text, changes),
              optionsOf(keyFrom, "10.0.0.0/8"),
            );
            for (const record of records) {
              if ("rejected" in record) {
                assert.match(record.rejected, /^[a-z_]+$/);
                assert.notEqual(record.rejected, "unreadable_file", "a parser threw");
                continue;
              }
              const judged = parseRequestEvent(record.event, rules());
              assert.ok(judged.kind === "event" || CLAIMS.has(judged.reason), JSON.stringify([judged, record.event]));
              assert.ok(JSON.stringify(record.event).length < 6000);
            }
          },
        ),
        { numRuns: 60 },
      );
    });
  }

  it("of a mapped log, and no map is made that cannot be read", async () => {
    await check(
      asyncProperty(array(json({ maxDepth: 3 }), { maxLength: 5 }), async (lines) => {
        const text = lines.join("\n");
        const sample = await sampleOf(text, true);
        guessFormat(sample);
        const { map } = suggestMap(sample.values);
        const parsed = parseFieldMap(JSON.stringify({ ts: "time", ...map }));
        assert.ok("map" in parsed, JSON.stringify([map, parsed]));
        const records = await readLogText(mappedFormat("json", parsed.map), text);
        assert.ok(records.every((one) => "event" in one || one.rejected !== "unreadable_file"));
      }),
      {
        numRuns: 200,
        examples: [[['{"Id":{"":0}}']], [['{"id":{"__proto__":1,"constructor":2},"request":{"prototype":"x"}}']]],
      },
    );
  });
});

it("a line longer than any request is named, and its neighbours are kept", async () => {
  const { text } = fixtures.find(({ place }) => place === "nginx/combined.log")!;
  const [line] = text.split("\n");
  const log = `${line}\n${line!.replace("curl", "x".repeat(70_000))}\r\n${line}\r\n`;
  const records = await readLogText(theFormat("nginx"), log, optionsOf("user"));
  assert.deepEqual(
    records.map((one) => ["event" in one ? "event" : one.rejected, one.from.record]),
    [
      ["event", 1],
      ["line_too_long", 2],
      ["event", 3],
    ],
  );
});

it("the zero bytes that a program leaves in a log that was emptied under it are passed over, however many", async () => {
  const { text } = fixtures.find(({ place }) => place === "nginx/combined.log")!;
  const bytes = async function* () {
    yield Buffer.alloc(200_000);
    yield Buffer.concat([Buffer.alloc(70_000), Buffer.from(text)]);
  };
  let read = "";
  for await (const piece of decodeText(bytes())) read += piece;
  assert.equal(read, text);
});
