import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { guessFormat, sampleOf } from "../../src/import/record/guess-format.js";
import type { ImportedRecord } from "../../src/import/wire-event.js";
import { fixtureText, logFixtures, optionsOf, readLogText, theFormat } from "../helpers/read-fixture.js";

const expected = JSON.parse(fixtureText("events.json")) as Readonly<
  Record<string, { readonly key_from: string; readonly trusted_proxies: string }>
>;
const fixtures = logFixtures().filter(({ format }) => format !== "ndjson" && format !== "cloudtrail");
const FIELDS = { host: "edge-1", timestamp: "2026-11-26T12:57:21.633Z", source_type: "file", file: "/var/log/a.log" };

/** What shippers make of lines, by who sends it so. */
const WRAPPINGS: Readonly<Record<string, (lines: readonly string[]) => string>> = {
  "Vector's lines": (lines) => lines.map((message) => JSON.stringify({ ...FIELDS, message })).join("\n"),
  "Vector's list": (lines) => JSON.stringify(lines.map((message) => ({ message, ...FIELDS }))),
  "Fluent Bit's json_lines": (lines) =>
    lines.map((log, index) => JSON.stringify({ date: 1_795_697_841.6 + index, log })).join("\n"),
  "Fluent Bit's json_stream": (lines) => lines.map((log) => JSON.stringify({ date: 1_795_697_841.6, log })).join(""),
  "Docker's file": (lines) =>
    lines.map((log) => JSON.stringify({ log: `${log}\n`, stream: "stdout", time: FIELDS.timestamp })).join("\n"),
  "a subscription of CloudWatch Logs": (lines) =>
    JSON.stringify({ messageType: "DATA_MESSAGE", logEvents: lines.map((message) => ({ id: "1", message })) }),
  "a Collector's filelog": (lines) => {
    const logRecords = lines.map((stringValue) => ({ timeUnixNano: "0", body: { stringValue } }));
    return JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
  },
};
const shown = (records: readonly ImportedRecord[]) =>
  records.map((record) => ("event" in record ? record.event : record.rejected));

describe("a log whose lines a shipper put into JSON gives the same events, and is recognised as what it is", () => {
  for (const { place, format, text } of fixtures) {
    it(place, async () => {
      const { key_from, trusted_proxies } = expected[place]!;
      const read = async (log: string) =>
        shown(await readLogText(theFormat(format), log, optionsOf(key_from, trusted_proxies)));
      const lines =
        text.trim().startsWith("{") && !text.trim().includes("}\n{")
          ? [JSON.stringify(JSON.parse(text))]
          : text.trim().split("\n");
      const bare = await read(lines.join("\n"));
      for (const [who, wrap] of Object.entries(WRAPPINGS)) {
        const wrapped = wrap(lines);
        // A Collector's document is a format itself, and is recognised as such.
        const isOtlp = wrapped.startsWith('{"resourceLogs"');
        if (!isOtlp || format !== "otel") assert.deepEqual(await read(wrapped), bare, who);
        if (!isOtlp) assert.equal(guessFormat(await sampleOf(wrapped, true))?.format, format, who);
      }
    });
  }
});

it("what is wrapped and none of the format is named for what it is, and costs no neighbour", async () => {
  const [line = ""] = fixtures.find(({ place }) => place === "nginx/combined.log")!.text.split("\n");
  const wrap = (message: string) => JSON.stringify({ message });
  const records = await readLogText(
    theFormat("nginx"),
    [wrap("starting up"), wrap(line), '{"message":7}', wrap("x".repeat(70_000)), wrap("{"), wrap(line)].join("\n"),
    optionsOf("ip"),
  );
  assert.deepEqual(
    records.map((one) => ["event" in one ? "event" : one.rejected, one.from.record]),
    [
      ["not_a_record", 1],
      ["event", 2],
      ["not_a_record", 3],
      ["line_too_long", 4],
      ["not_a_record", 5],
      ["event", 6],
    ],
  );
});
