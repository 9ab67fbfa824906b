import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { readText } from "../../src/import/read-text.js";
import { readCloudTrail } from "../../src/import/cloudtrail.js";
import { joinRequests, type FoundEvent } from "../../src/import/join-requests.js";
import { listLogFiles } from "../../src/import/list-log-files.js";
import { orderEvents } from "../../src/import/order-events.js";

const CASES = join(import.meta.dirname, "../../../test/fixtures/cloudtrail");

/** What an import makes of files: events in order, and why other records are none. */
async function importAll(paths: readonly string[]) {
  const found: (FoundEvent & { readonly holder?: string })[] = [];
  const reasons: string[] = [];
  for (const file of (await listLogFiles(paths)).files) {
    for await (const one of readCloudTrail(
      file,
      readText(file, () => undefined),
    )) {
      if ("event" in one) found.push(one);
      else reasons.push(one.rejected);
    }
  }
  const { events, repeated } = joinRequests(found);
  return { events: orderEvents(events).events, holders: found.map(({ holder }) => holder), reasons, repeated };
}

/** The three requests that nearly every case holds. */
const minutes = ["2026-03-02T10:01", "2026-03-02T10:02", "2026-03-02T10:03"];

describe("CloudTrail in whatever it is shipped", () => {
  for (const name of [
    ...["athena.csv", "athena-flat.csv", "athena-view-json.json", "lake-query-results.json"].map(
      (file) => `athena-lake/${file}`,
    ),
    ...["lower-case-keys", "timestamp-lower-z-spaces", "timestamp-offset", "timestamp-space"].map(
      (file) => `athena-lake/${file}.ndjson`,
    ),
    ...["export-task.txt", "filter-log-events.json", "firehose-concatenated.json", "subscription.json"].map(
      (file) => `cloudwatch-logs/${file}`,
    ),
    ...["array-per-line.ndjson", "bom.json", "concat-records-one-line.json", "crlf.ndjson", "gz-of-gz.json.gz"].map(
      (file) => `encodings/${file}`,
    ),
    ...["members-records-newline", "members-records", "members", "trailing-zeros"].map(
      (file) => `encodings/${file}.json.gz`,
    ),
    ...["pretty-stream", "utf16le", "zcat-of-bucket"].map((file) => `encodings/${file}.json`),
    "eventbridge/eventbridge.ndjson",
    "lookup-events/lookup.json",
    "lookup-events/lookup-lines.ndjson",
    ...["elastic-hits.json", "ocsf.ndjson", "panther.ndjson", "splunk-export.ndjson"].map(
      (file) => `siem-exports/${file}`,
    ),
    "folder-names/folder/000000.gz",
    "folder-names/folder/firehose-2026-03-02-10-00-00-abc",
    "folder-names/folder/x.JSON.GZ",
  ]) {
    it(`gives the same three requests of one key: ${name}`, async () => {
      const { events, reasons } = await importAll([join(CASES, name)]);
      assert.deepEqual(reasons, []);
      assert.deepEqual(
        events.map(({ ts, key_id, route }) => [ts.slice(0, 16), key_id, route]),
        minutes.map((minute) => [minute, "AKIAEXAMPLE000000001", "s3.amazonaws.com/ListBuckets"]),
      );
    });
  }

  for (const [name, events, reasons] of [
    ["cloudwatch-logs/control.json", 0, ["control_message"]],
    ["encodings/a.json.bz2", 0, ["bzip2_file"]],
    ["encodings/folder.zip", 0, ["zip_archive"]],
    ["eventbridge/eventbridge-one.json", 1, []],
    ["sqs-sns/sqs-receive-message.json", 2, []],
    ["sqs-sns/s3-notification.json", 0, ["s3_notification"]],
    ["bucket-tree/tree", 3, ["digest_file", "insight_event"]],
    ["folder-names/folder", 3, []],
  ] as const) {
    it(`names what is no record for what it is: ${name}`, async () => {
      const read = await importAll([join(CASES, name)]);
      assert.deepEqual([read.events.length, read.reasons], [events, reasons]);
    });
  }

  it("counts a request once that a VPC endpoint recorded as well, and keeps the endpoint's denial as 403", async () => {
    const { events, repeated } = await importAll([join(CASES, "network-activity/both.json")]);
    assert.deepEqual(
      events.map(({ route, status, user_agent }) => [route, status, user_agent]),
      [
        ["kms.amazonaws.com/ListKeys", 200, "aws-cli/2.15"],
        ["kms.amazonaws.com/CreateKey", 403, "aws-cli/2.15"],
      ],
    );
    assert.equal(repeated, 1);
  });

  it("takes ten of the requests of every kind of identity, and a corrected one once, as corrected", async () => {
    const { events, holders, reasons, repeated } = await importAll([join(CASES, "identities/all.ndjson")]);
    assert.deepEqual([events.length, repeated], [10, 1]);
    assert.deepEqual(
      [...new Set(reasons)].map((reason) => [reason, reasons.filter((one) => one === reason).length]),
      [
        ["no_access_key_id", 8],
        ["not_a_record", 1],
        ["bad_access_key_id", 1],
      ],
    );
    assert.ok(events.every(({ principal }) => principal === undefined));
    assert.deepEqual([...new Set(holders)], ["arn:aws:iam::111122223333:user/app"]);
  });
});

it("millions of brackets, deep nesting and a bomb of gzip layers cost a rejection, not the import", async () => {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-cloudtrail-"));
  try {
    let layers = gzipSync('{"Records":[]}');
    for (let layer = 0; layer < 10; layer += 1) layers = gzipSync(layers);
    const nested = Array.from({ length: 40 }).reduce<string>(
      (inner) => JSON.stringify({ Message: inner }).slice(0, 1e6),
      "{}",
    );
    for (const [name, content] of [
      ["open.json", "[".repeat(3_000_000)],
      ["deep.json", `${"[".repeat(5000)}${"]".repeat(5000)}`],
      ["nested.json", nested],
      ["layers.gz", layers],
    ] as const) {
      writeFileSync(join(folder, name), content);
      const { events, reasons } = await importAll([join(folder, name)]);
      assert.deepEqual([events.length, reasons.length <= 1], [0, true], `${name}: ${reasons.join(" ")}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
