import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { readText } from "../../src/import/read-text.js";
import { readCloudTrail } from "../../src/import/cloudtrail.js";
import { parseCloudTrailRecord } from "../../src/import/cloudtrail-record.js";
import type { ImportedRecord } from "../../src/import/wire-event.js";

const record = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  eventVersion: "1.09",
  eventID: "6a0c1f9e-0000-4000-8000-000000000001",
  eventTime: "2026-03-08T02:11:00Z",
  eventSource: "s3.amazonaws.com",
  eventName: "GetObject",
  awsRegion: "eu-central-1",
  sourceIPAddress: "198.51.100.7",
  userAgent: "aws-cli/2.15.0",
  readOnly: true,
  userIdentity: { type: "AssumedRole", accessKeyId: "ASIAEXAMPLEEXAMPLE01" },
  requestParameters: { bucketName: "ledger", "x-amz-security-token": "FwoGZXIvYXdzEXAMPLETOKEN" },
  responseElements: { credentials: { secretAccessKey: "not-for-you", sessionToken: "FwoGZXIvYXdzEXAMPLETOKEN" } },
  additionalEventData: { AuthenticationMethod: "AuthHeader", token: "FwoGZXIvYXdzEXAMPLETOKEN" },
  ...changes,
});

const eventOf = (changes: Record<string, unknown>) => {
  const parsed = parseCloudTrailRecord(record(changes));
  assert.ok("event" in parsed, JSON.stringify(parsed));
  return parsed.event;
};

describe("a CloudTrail record", () => {
  it("becomes the wire event of the contract, and nothing but the fields named there", () => {
    assert.deepEqual(parseCloudTrailRecord(record()), {
      event: {
        ts: "2026-03-08T02:11:00Z",
        key_id: "ASIAEXAMPLEEXAMPLE01",
        status: 200,
        id: "6a0c1f9e-0000-4000-8000-000000000001",
        source_ip: "198.51.100.7",
        method: "read",
        route: "s3.amazonaws.com/GetObject",
        scope: "s3:GetObject",
        user_agent: "aws-cli/2.15.0",
        region: "eu-central-1",
        service: "s3.amazonaws.com",
      },
    });
  });

  it("loses every session token that its parameters and its answer carry", () => {
    assert.doesNotMatch(JSON.stringify(eventOf({})), /FwoG|not-for-you|credentials|Parameters/);
  });

  it("has what looks like a secret masked, also in a field that is taken over", () => {
    assert.equal(eventOf({ userAgent: "curl sk_live_abcdefgh12345678" }).user_agent, "curl [secret]");
  });

  it("keeps a service name in the place of an address for ingest to count", () => {
    assert.equal(
      eventOf({ sourceIPAddress: "secretsmanager.amazonaws.com" }).source_ip,
      "secretsmanager.amazonaws.com",
    );
  });

  for (const [errorCode, status] of [
    [undefined, 200],
    ["AccessDenied", 403],
    ["AccessDeniedException", 403],
    ["Client.UnauthorizedOperation", 403],
    ["UnauthorizedOperation", 403],
    ["ThrottlingException", 429],
    ["Client.RequestLimitExceeded", 429],
    ["SlowDown", 429],
    ["Client.VcpuLimitExceeded", 400],
    ["NoSuchBucketPolicy", 400],
  ] as const) {
    it(`has status ${status} for error code ${errorCode ?? "none"}`, () => {
      assert.equal(eventOf({ errorCode }).status, status);
    });
  }

  it("names the IAM action as its scope, without the API version and with IAM's prefix", () => {
    const lambda = { eventSource: "lambda.amazonaws.com", eventName: "ListFunctions20150331" };
    assert.equal(eventOf(lambda).scope, "lambda:ListFunctions");
    assert.equal(
      eventOf({ eventSource: "monitoring.amazonaws.com", eventName: "PutMetricData" }).scope,
      "cloudwatch:PutMetricData",
    );
  });

  for (const [reason, value] of [
    ["no_access_key_id", record({ userIdentity: { type: "AWSService", invokedBy: "ec2.amazonaws.com" } })],
    ["no_access_key_id", record({ userIdentity: undefined })],
    ["bad_access_key_id", record({ userIdentity: { accessKeyId: "HIDDEN_DUE_TO_SECURITY_REASONS" } })],
    ["bad_access_key_id", record({ userIdentity: { accessKeyId: "abcdefghijKLMNOPQRST0123456789abcdefghij" } })],
    ["bad_event_time", record({ eventTime: "yesterday" })],
    ["not_a_record", { logFiles: [] }],
    ["not_a_record", 7],
  ] as const) {
    it(`is rejected as ${reason}: ${JSON.stringify(value).slice(-60)}`, () => {
      assert.deepEqual(parseCloudTrailRecord(value), { rejected: reason });
    });
  }
});

describe("a CloudTrail file", () => {
  let folder = "";
  before(async () => void (folder = await mkdtemp(join(tmpdir(), "plimsoll-cloudtrail-"))));
  after(() => rm(folder, { recursive: true }));

  const read = async (name: string, content: string | Buffer): Promise<ImportedRecord[]> => {
    await writeFile(join(folder, name), content);
    const found: ImportedRecord[] = [];
    for await (const one of readCloudTrail(
      join(folder, name),
      readText(join(folder, name), () => undefined),
    ))
      found.push(one);
    return found;
  };
  const kinds = (found: readonly ImportedRecord[]) => found.map((one) => ("event" in one ? "event" : one.rejected));

  const two = [record(), record({ eventID: "two" })];
  const oneALine = two.map((one) => JSON.stringify(one)).join("\n");
  for (const [shape, content] of [
    ["a Records document on one line", JSON.stringify({ Records: two })],
    [
      "a Records document over many lines, with a byte order mark",
      `\uFEFF${JSON.stringify({ Records: two }, null, 2)}`,
    ],
    ["one record a line", `${oneALine}\n`],
    ["one Records document a line", two.map((one) => JSON.stringify({ Records: [one] })).join("\r\n")],
    ["gzip under another name", gzipSync(oneALine)],
    ["gzip of two members", Buffer.concat([gzipSync(`${JSON.stringify(two[0])}\n`), gzipSync(JSON.stringify(two[1]))])],
  ] as const) {
    it(`gives the same two events as ${shape}`, async () => {
      const found = await read("log.json", content);
      const ids = found.map((one) => ("event" in one ? one.event.id : one.rejected));
      assert.deepEqual(ids, [record()["eventID"], "two"]);
    });
  }

  it("loses only the damaged line of a log of one record a line, wherever that stands", async () => {
    const good = JSON.stringify(record());
    assert.deepEqual(kinds(await read("a.json", `{"cut\n${good}\n${good}`)), ["not_json", "event", "event"]);
    assert.deepEqual(kinds(await read("b.json", `${good}\n{"cut\n${good}`)), ["event", "not_json", "event"]);
  });

  it("that is no JSON is one rejection that says where", async () => {
    const from = { file: join(folder, "none.json"), record: 1 };
    assert.deepEqual(await read("none.json", '{"Trail": [1, 2'), [{ rejected: "not_json", from }]);
  });

  it("that is half a document gives the whole records before the cut, and says that it ends early", async () => {
    const records = Array.from({ length: 50 }, (_, n) =>
      record({ eventID: `${n * 7919}`, resources: [{ ARN: "a" }, { ARN: "b" }] }),
    );
    for (const whole of [{ Records: records }, records, { hits: { hits: records.map((_source) => ({ _source })) } }]) {
      for (const indent of [0, 2]) {
        const text = JSON.stringify(whole, null, indent);
        const cuts = [0.5, 0.51, 0.52, 0.53, 0.54].map((part) => Math.floor(text.length * part));
        for (const cut of [...cuts, text.length - 1, text.length - 30]) {
          const found = kinds(await read("cut.json", text.slice(0, cut)));
          const events = found.filter((kind) => kind === "event").length;
          const stands = text.slice(0, cut).split('"eventVersion"').length - 2;
          assert.ok(events >= stands && events <= stands + 1 && events > 20, `${events} of ${stands}`);
          assert.deepEqual(found.slice(events), ["cut_json"]);
          // The checksum is at the end: all of a gzip file that was cut is read up to there.
          const zipped = gzipSync(text);
          const packed = kinds(await read("cut.json.gz", zipped.subarray(0, zipped.length - 4)));
          assert.deepEqual(packed, [...records.map(() => "event"), "cut_gzip"]);
        }
      }
    }
    const part = JSON.stringify({ Records: records }).slice(0, 120);
    assert.deepEqual(kinds(await read("cut.json", part)), ["cut_json"]);
  });

  it("whose last record is cut takes no half of it for the whole", async () => {
    const text = JSON.stringify(record({ eventID: "1", resources: [{ ARN: "a" }, { ARN: "b" }] }));
    for (let cut = 10; cut < text.length; cut += 7)
      assert.deepEqual(kinds(await read("cut.json", `${text}\n${text.slice(0, cut)}`)), ["event", "not_json"]);
  });

  it("that breaks off inside gzip keeps what stood before, and says that it broke off", async () => {
    const many = Array.from({ length: 5000 }, (_, n) => JSON.stringify(record({ eventID: `${n * 7919}` }))).join("\n");
    const zipped = gzipSync(many);
    const found = kinds(await read("cut.gz", zipped.subarray(0, zipped.length - 200)));
    assert.equal(found.at(-1), "cut_gzip");
    assert.ok(found.filter((kind) => kind === "event").length > 1000);
  });
});
