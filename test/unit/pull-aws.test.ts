import assert from "node:assert/strict";
import { test } from "node:test";
import { readReport } from "../../src/pipeline/pull/read-report.js";
import { awsPuller } from "../../src/pull/aws.js";
import { PullProblem } from "../../src/pull/pull-problem.js";
import { Secret } from "../../src/secret.js";
import { signaturesOf } from "../helpers/aws-signature.js";
import { serveReports, type AskedReport, type ReportAnswer } from "../helpers/report-server.js";

const [HOUR, DAY] = [3_600_000, 86_400_000];
const FROM = Date.parse("2026-03-02T00:00:00Z");
const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const ROLE = "arn:aws:iam::123456789012:role/deploy";

/** Reads one report of AWS from the start of a day on. */
async function read(name: string, to: number, answer: (asked: AskedReport) => ReportAnswer) {
  const server = await serveReports(answer);
  const report = awsPuller(["eu-west-1"]).reports.find((one) => one.name === name)!;
  const waits: number[] = [];
  try {
    const credential = new Secret(`AKIAIOSFODNN7EXAMPLE:${SECRET}`);
    const request = { origin: server.origin, credential, from: FROM, to, signal: new AbortController().signal };
    const buckets = await readReport(report, request, { pause: async (ms) => void waits.push(ms), patienceMs: 60_000 });
    return { buckets, asked: server.asked, waits, bodies: server.asked.map(({ body }) => JSON.parse(body) as object) };
  } finally {
    await server.close();
  }
}

const event = (id: string, at: number, more: object = {}, inside: object = {}) => ({
  EventId: id,
  EventName: "GetObject",
  EventSource: "s3.amazonaws.com",
  EventTime: at / 1000,
  AccessKeyId: "AKIAIOSFODNN7EXAMPLE",
  CloudTrailEvent: JSON.stringify({ eventVersion: "1.08", ...inside }),
  ...more,
});

test("CloudTrail's events: each once however often it is listed, by key, by role where the key is temporary, refused ones left out, no faster than AWS allows", async () => {
  const role = { userIdentity: { arn: `${ROLE}/s`, sessionContext: { sessionIssuer: { arn: ROLE } } } };
  const first = [
    event("1", FROM),
    event("2", FROM + 1000, { AccessKeyId: "ASIAIOSFODNN7EXAMPLE" }, role),
    event("3", FROM + 2000, {}, { errorCode: "AccessDenied" }),
    event("4", FROM + HOUR, { AccessKeyId: undefined }),
  ];
  const pages = [first, [event("1", FROM), event("5", FROM + 3000)]];
  let throttled = 0;
  const { buckets, asked, waits, bodies } = await read("events-eu-west-1", FROM + 2 * HOUR, ({ body }) => {
    const { NextToken } = JSON.parse(body) as { NextToken?: string };
    if (NextToken !== undefined && (throttled += 1) === 1)
      return { status: 400, body: { __type: "ThrottlingException", message: "Rate exceeded" } };
    return {
      body: { Events: pages[NextToken === undefined ? 0 : 1], ...(NextToken === undefined ? { NextToken: "t1" } : {}) },
    };
  });
  const use = (keyId: string, requests: number) => ({
    keyId,
    item: "s3:GetObject",
    requests,
    unitMillis: 0,
    spendMicros: 0,
  });
  assert.deepEqual(buckets, [
    { from: FROM, to: FROM + HOUR, keyless: 0, uses: [use("AKIAIOSFODNN7EXAMPLE", 2), use(ROLE, 1)] },
    { from: FROM + HOUR, to: FROM + 2 * HOUR, keyless: 1, uses: [] },
  ]);
  assert.equal(waits[0], 600);
  assert.equal(waits.length, 2);
  const span = { StartTime: FROM / 1000, EndTime: FROM / 1000 + 7199, MaxResults: 50 };
  assert.deepEqual(bodies, [span, { ...span, NextToken: "t1" }, { ...span, NextToken: "t1" }]);
  for (const one of asked) {
    const { given, expected, scope, names } = signaturesOf(one, SECRET);
    assert.equal(given, expected);
    assert.match(scope, /^\d{8}\/eu-west-1\/cloudtrail\/aws4_request$/);
    assert.ok(names.includes("host") && names.includes("x-amz-target") && names.includes("content-type"), names.join());
    assert.equal(one.headers["x-amz-target"], "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents");
    assert.ok(!JSON.stringify(one).includes(SECRET));
  }
});

test("Cost Explorer's costs: by account and service, a day's groups over several pages, credits as they are", async () => {
  const cost = (account: string, service: string, Amount: string) => ({
    Keys: [account, service],
    Metrics: { UnblendedCost: { Amount, Unit: "USD" } },
  });
  const day = (Start: string, Groups: object[]) => ({
    TimePeriod: { Start, End: "" },
    Groups,
    Total: {},
    Estimated: true,
  });
  const { buckets, bodies, asked } = await read("costs", FROM + DAY, ({ body }) => {
    const isFirst = !("NextPageToken" in (JSON.parse(body) as object));
    const groups = isFirst
      ? [cost("123456789012", "AWS Lambda", "1.25"), cost("123456789012", "Tax", "-3")]
      : [cost("210987654321", "Amazon S3", "0.0000015")];
    return { body: { ResultsByTime: [day("2026-03-02", groups)], ...(isFirst ? { NextPageToken: "p2" } : {}) } };
  });
  assert.deepEqual(
    buckets.map(({ from, uses }) => [from, uses.map(({ keyId, item, spendMicros }) => [keyId, item, spendMicros])]),
    [
      [
        FROM,
        [
          ["aws-account-123456789012", "AWS Lambda", 1_250_000],
          ["aws-account-123456789012", "Tax", 0],
          ["aws-account-210987654321", "Amazon S3", 2],
        ],
      ],
    ],
  );
  assert.deepEqual(bodies[0], {
    TimePeriod: { Start: "2026-03-02", End: "2026-03-03" },
    Granularity: "DAILY",
    Metrics: ["UnblendedCost"],
    GroupBy: [
      { Type: "DIMENSION", Key: "LINKED_ACCOUNT" },
      { Type: "DIMENSION", Key: "SERVICE" },
    ],
  });
  assert.ok(asked.every((one) => signaturesOf(one, SECRET).given === signaturesOf(one, SECRET).expected));
});

test("what AWS answers to a wrong key or another currency names the problem, and no secret", async () => {
  const refused = {
    status: 400,
    body: { __type: "UnrecognizedClientException", message: `The security token ${SECRET} is invalid.` },
  };
  const yuan = {
    ResultsByTime: [
      {
        TimePeriod: { Start: "2026-03-02" },
        Groups: [{ Keys: ["1", "s"], Metrics: { UnblendedCost: { Amount: "1", Unit: "CNY" } } }],
      },
    ],
  };
  for (const [answer, expected] of [
    [refused, /answered 400: .*UnrecognizedClientException.*\[credential\]/],
    [{ body: yuan }, /Unit: Invalid input: expected "USD"/],
  ] as const)
    await assert.rejects(
      read("costs", FROM + DAY, () => answer),
      (error: Error) => {
        assert.match(error.message, expected);
        return error instanceof PullProblem && !error.message.includes(SECRET);
      },
    );
});
