import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { INGEST_TOKEN, openIngest, type OpenIngest } from "../helpers/open-ingest.js";
import { fixtureText } from "../helpers/read-fixture.js";
import { spawnRedis, type OwnRedis } from "../helpers/spawn-redis.js";

let own: OwnRedis | undefined;
let ingest: OpenIngest;
let requests = 0;

before(async () => {
  if (process.env["REDIS_URL"] === undefined) own = await spawnRedis();
  ingest = await openIngest(process.env["REDIS_URL"] ?? own?.url ?? "");
});
after(async () => {
  await ingest.close();
  await own?.stop();
});

interface Delivery {
  readonly id?: string;
  readonly token?: string;
  readonly isPacked?: boolean;
}

/** A delivery as Firehose sends it: version 1.0 of its protocol. */
async function deliver(format: string, records: readonly (string | Buffer)[], delivery: Delivery = {}) {
  const { id = `ed4acda5-034f-9f42-bba1-f29aea6d7d${(requests += 1)}`, token = INGEST_TOKEN, isPacked } = delivery;
  const body = JSON.stringify({
    requestId: id,
    timestamp: Date.now(),
    records: records.map((data) => ({ data: Buffer.from(data).toString("base64") })),
  });
  const sentAt = Date.now();
  const answer = await ingest.postTo(`/v1/firehose${format}`, isPacked === true ? gzipSync(body) : body, {
    "x-amz-firehose-protocol-version": "1.0",
    "x-amz-firehose-request-id": id,
    "x-amz-firehose-source-arn": "arn:aws:firehose:us-east-1:123456789012:deliverystream/trail",
    "x-amz-firehose-access-key": token,
    "content-type": "application/json",
    "user-agent": "Amazon Kinesis Data Firehose Agent/1.0",
    ...(isPacked === true ? { "content-encoding": "gzip" } : {}),
  });
  const { requestId, timestamp, ...rest } = answer.body;
  assert.equal(requestId, id);
  assert.ok(Number(timestamp) >= sentAt && Number(timestamp) <= Date.now(), "milliseconds of now");
  return { status: answer.status, retryAfter: answer.retryAfter, ...rest };
}

const DELIVERED = { status: 200, retryAfter: null };
const subscription = (messageType: string, messages: readonly string[]) =>
  gzipSync(
    JSON.stringify({
      messageType,
      owner: "123456789012",
      logGroup: "trail",
      logStream: "123456789012_CloudTrail_us-east-1",
      subscriptionFilters: ["plimsoll"],
      logEvents: messages.map((message, index) => ({ id: `${index}`, timestamp: 1_795_697_841_000, message })),
    }),
  );

test("a delivery is answered exactly as Firehose asks, whatever its records hold, and its repeat is counted once", async () => {
  const { Records: trail } = JSON.parse(fixtureText("cloudtrail/records.json")) as { readonly Records: object[] };
  const lines = trail.map((record) => JSON.stringify(record));
  const id = "ed4acda5-034f-9f42-bba1-f29aea6d7d8f";
  for (let attempt = 0; attempt < 2; attempt += 1)
    assert.deepEqual(await deliver("?format=cloudtrail", [lines.join("\n")], { id, isPacked: true }), DELIVERED);
  const { rows } = await ingest.takeAll();
  assert.ok(rows.length > 0);
  const packed = await deliver("?format=cloudtrail", [subscription("DATA_MESSAGE", lines)]);
  assert.deepEqual(packed, DELIVERED);
  assert.equal((await ingest.takeAll()).rows.length, rows.length, "a subscription of CloudWatch Logs");
  const alb = fixtureText("alb/access.log").trim().split("\n");
  assert.deepEqual(await deliver("?format=alb&key_from=ip", alb), DELIVERED);
  assert.deepEqual(await deliver("?format=alb&key_from=ip", [subscription("DATA_MESSAGE", alb)]), DELIVERED);
  assert.equal((await ingest.takeAll()).rows.length, 2 * alb.length, "lines, as they are and in a subscription");
});

test("what is no request and nobody's mistake is not sent again, and a delivery without records is a heartbeat", async () => {
  const asks = subscription("CONTROL_MESSAGE", ["CWL CONTROL MESSAGE: Checking health of destination Firehose."]);
  for (const format of ["?format=cloudtrail", "?format=alb&key_from=ip"])
    assert.deepEqual(await deliver(format, [asks]), DELIVERED, format);
  assert.deepEqual(await deliver("?format=cloudtrail", []), DELIVERED);
  assert.deepEqual(await ingest.takeAll().then(({ rows, heartbeats }) => [rows.length, heartbeats]), [0, ["acme"]]);
});

test("what cannot be taken is answered with its reason, so that Firehose sends it again and keeps it in the end", async () => {
  const refused = async (format: string, records: readonly string[], delivery?: Delivery) => {
    const { status, errorMessage } = (await deliver(format, records, delivery)) as Record<string, unknown>;
    return [status, errorMessage];
  };
  assert.deepEqual(await refused("?format=cloudtrail", ["x"], { token: "nobody" }), [401, "unknown token"]);
  assert.deepEqual(await refused("", ["x"]), [400, "format: say what the records are, as in ?format=cloudtrail"]);
  const [status, message] = await refused("?format=nginx", ["nonsense", "and more"]);
  assert.deepEqual([status, message], [400, "no event was acceptable: 2 not_a_record; first: record 1: not_a_record"]);
  ingest.turns.pressed = "all";
  assert.deepEqual(await deliver("?format=nginx", ["x"]), {
    status: 429,
    retryAfter: "7",
    errorMessage: "too old: all",
  });
  ingest.turns.pressed = "";
  const head = { "x-amz-firehose-access-key": INGEST_TOKEN, "x-amz-firehose-request-id": "r" };
  for (const [body, sentence] of [
    ["{", /^the body is no delivery of Firehose/],
    ['{"records":{}}', /^the body is no delivery of Firehose/],
    ['{"records":[{"data":"acme_live_0123456789"}]}', /^records\[\]\.data: must be base64$/],
    ['{"records":[{"data":7}]}', /^records\[\]\.data: must be base64$/],
    [JSON.stringify({ records: [{ data: Buffer.from([0x1f, 0x8b, 1]).toString("base64") }] }), /cannot be unpacked$/],
  ] as const) {
    const answer = await ingest.postTo("/v1/firehose?format=nginx", body, head);
    assert.equal(answer.status, 400);
    assert.match(String(answer.body["errorMessage"]), sentence);
  }
});
