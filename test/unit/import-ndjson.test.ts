import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { readText } from "../../src/import/read-text.js";
import { newTotals, readingOf } from "../../src/import/import-report.js";
import { linesOfReading } from "../../src/import/print-report.js";
import type { ReadNote } from "../../src/import/record/log-format.js";
import { readNdjsonEvents } from "../../src/import/ndjson-events.js";
import type { ImportedRecord } from "../../src/import/wire-event.js";

const dir = mkdtempSync(join(tmpdir(), "plimsoll-import-ndjson-"));
after(() => rmSync(dir, { recursive: true, force: true }));

const AT = "2026-03-08T02:00:00.000Z";
const good = { ts: AT, key_id: "k", status: 200, source_ip: "203.0.113.7", cost_usd: "0.25", count: 3 };

/** What a file's content becomes, and how many bytes were said to be read. */
async function read(
  content: string | Buffer,
  noted: string[] = [],
): Promise<{ readonly records: ImportedRecord[]; readonly bytes: number }> {
  const file = join(dir, "events.ndjson");
  writeFileSync(file, content);
  const records: ImportedRecord[] = [];
  let bytes = 0;
  for await (const record of readNdjsonEvents(
    file,
    readText(file, (more) => (bytes += more)),
    (note) => noted.push(note),
  ))
    records.push(record);
  return { records, bytes };
}

const eventsOf = (records: readonly ImportedRecord[]) => records.flatMap((one) => ("event" in one ? [one.event] : []));
const refusedOf = (records: readonly ImportedRecord[]) =>
  records.flatMap((one) => ("rejected" in one ? [[one.rejected, one.from.record] as const] : []));

test("events are read one a line, in lists, packed or not, with every field that ingest knows and no other", async () => {
  const lines = [JSON.stringify({ ...good, color: "red" }), JSON.stringify([good, good]), ""].join("\n");
  const plain = await read(lines);
  assert.deepEqual(eventsOf(plain.records), [good, good, good]);
  assert.equal(plain.bytes, Buffer.byteLength(lines));
  const packed = gzipSync(lines);
  const again = await read(packed);
  assert.deepEqual(eventsOf(again.records), [good, good, good]);
  assert.equal(again.bytes, packed.length, "progress counts what is on disk");
});

test("a time is read as ingest reads it, and sent on as one text", async () => {
  const seconds = Date.parse(AT) / 1000;
  const { records } = await read(
    [AT, seconds, seconds * 1000, "2026-03-08T03:00:00+01:00"].map((ts) => JSON.stringify({ ...good, ts })).join("\n"),
  );
  assert.deepEqual(
    eventsOf(records).map(({ ts }) => ts),
    [AT, AT, AT, AT],
  );
});

test("what is no event costs only itself, and is named with its place", async () => {
  const { records } = await read(
    [
      JSON.stringify(good),
      '{"ts": "2026-03-08T02:0',
      JSON.stringify(good),
      JSON.stringify({ ts: AT }),
      JSON.stringify({ ...good, ts: "yesterday" }),
      "[17]",
      JSON.stringify(good),
    ].join("\n"),
  );
  assert.equal(eventsOf(records).length, 3);
  assert.deepEqual(
    refusedOf(records).map(([reason]) => reason),
    ["not_json", "not_an_event", "bad_event_time", "not_an_event"],
  );
});

test("a file that is no text of events is named for what it is", async () => {
  const zip = await read(Buffer.from([0x50, 0x4b, 0x03, 0x04, 0, 0, 0, 0]));
  assert.deepEqual(refusedOf(zip.records), [["zip_archive", 1]]);
  const cut = await read(gzipSync(`${JSON.stringify(good)}\n`.repeat(1000)).subarray(0, 60));
  assert.ok(refusedOf(cut.records).some(([reason]) => reason === "cut_gzip"));
});

test("a field that is written a little wrong, or as other programs call it, is in the report of the import that leaves it behind", async () => {
  const noted: string[] = [];
  const { records } = await read(
    `${JSON.stringify({ ts: AT, key_id: "k", stauts: 500, cost: "1" })}\n${JSON.stringify(good)}\n`,
    noted,
  );
  assert.equal(eventsOf(records).length, 2);
  assert.deepEqual(noted.toSorted(), ["misspelt_cost_usd", "misspelt_status"]);
  const totals = newTotals();
  for (const note of noted) totals.notes.set(note as ReadNote, 1);
  assert.match(linesOfReading(readingOf(totals, 2)).join("\n"), /1 cost_usd: missing/);
});
